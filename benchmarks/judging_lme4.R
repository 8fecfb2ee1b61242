# One fit by lme4, timed without reading: Rscript judging_lme4.R SCORES.csv fixed|random
suppressPackageStartupMessages(library(lme4))
arguments <- commandArgs(trailingOnly = TRUE)
d <- read.csv(arguments[1])
d$entry <- factor(d$entry); d$judge <- factor(d$judge)
formula <- if (arguments[2] == "fixed") score ~ 0 + entry + (1 | judge) else score ~ 1 + (1 | entry) + (1 | judge)
began <- proc.time()[["elapsed"]]
fit <- suppressWarnings(lmer(formula, d, REML = TRUE, control = lmerControl(calc.derivs = FALSE)))
taken <- proc.time()[["elapsed"]] - began
estimate <- if (arguments[2] == "fixed") fixef(fit) else fixef(fit) + ranef(fit)$entry[levels(d$entry), 1]
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cat(sprintf("%.6f %.0f lme4 %s, %s\n", taken, peak, packageVersion("lme4"), basename(dirname(extSoftVersion()["BLAS"]))))
cat(sprintf("%.12g", estimate), sep = "\n")
