# Golden values of R's lme4: Rscript tests/judging/data/lme4/make.R, after designs.py.
# Reads designs.csv and skating.csv beside it, writes fits.csv, values.csv and version.txt. R is not needed by the tests.

suppressPackageStartupMessages(library(lme4))

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)[1]))
designs <- rbind(read.csv(file.path(here, "designs.csv")), read.csv(file.path(here, "skating.csv")))

# The default optimiser, made to go on until nothing moves.
control <- lmerControl(
  optimizer = "nloptwrap",
  optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-12, xtol_rel = 1e-12, ftol_abs = 1e-15,
                 ftol_rel = 1e-15, maxeval = 1e5),
  boundary.tol = 1e-5, check.conv.singular = "ignore", check.conv.grad = "ignore", check.conv.hess = "ignore"
)

# Covariance of fixed and random effects together, from lme4's own matrices at its own ratios: the inverse of the mixed
# model equations in the spherical effects u, which hold at variances of 0 too (Bates et al. 2015, equation 17).
errors <- function(fit) {
  x <- as.matrix(getME(fit, "X")); zt <- as.matrix(getME(fit, "Zt")); lt <- as.matrix(getME(fit, "Lambdat"))
  w <- weights(fit); q <- nrow(zt); p <- ncol(x)
  lz <- lt %*% zt
  m <- rbind(cbind(lz %*% (w * t(lz)) + diag(q), lz %*% (w * x)), cbind(t(x * w) %*% t(lz), t(x) %*% (w * x)))
  turn <- rbind(cbind(t(lt), matrix(0, q, p)), cbind(matrix(0, p, q), diag(p)))
  sigma(fit)^2 * turn %*% solve(m) %*% t(turn)
}

fits <- list(); values <- list()
number <- function(x) format(x, digits = 12, scientific = NA, trim = TRUE)
keep <- function(name, part, model, fit, estimates, severities) {
  v <- as.data.frame(VarCorr(fit)); of <- function(g) { found <- v$vcov[v$grp == g]; if (length(found)) found else NA }
  fits[[length(fits) + 1]] <<- data.frame(
    design = name, part = part, model = model, entry_variance = number(of("entry")), judge_variance = number(of("judge")),
    residual_variance = number(of("Residual")), log_likelihood = number(as.numeric(logLik(fit, REML = TRUE))),
    criterion = number(as.numeric(REMLcrit(fit))))
  values[[length(values) + 1]] <<- data.frame(
    design = name, part = part, model = model,
    what = c(rep("entry", nrow(estimates)), rep("judge", nrow(severities))),
    index = c(rownames(estimates), rownames(severities)),
    value = number(c(estimates[, 1], severities[, 1])), se = number(c(estimates[, 2], severities[, 2])))
}

fixed <- function(name, part, d) {
  d$entry <- factor(d$entry); d$judge <- factor(d$judge)
  fit <- lmer(score ~ 0 + entry + (1 | judge), d, REML = TRUE, weights = d$weight, control = control)
  v <- errors(fit); q <- nlevels(d$judge); se <- sqrt(pmax(diag(v), 0))
  # lme4's own standard errors are the same, to rounding.
  stopifnot(max(abs(se[-(1:q)] / sqrt(diag(as.matrix(vcov(fit)))) - 1)) < 1e-6)
  judges <- ranef(fit)$judge[levels(d$judge), 1]
  keep(name, part, "entries-fixed", fit, cbind(fixef(fit), se[-(1:q)]) |> `rownames<-`(levels(d$entry)),
       cbind(judges, se[1:q]) |> `rownames<-`(levels(d$judge)))
}

mixed <- function(name, part, d) {
  d$entry <- factor(d$entry); d$judge <- factor(d$judge)
  fit <- lmer(score ~ 1 + (1 | entry) + (1 | judge), d, REML = TRUE, weights = d$weight, control = control)
  v <- errors(fit); at <- getME(fit, "Gp"); q <- ncol(v)
  of <- function(g) { k <- which(names(getME(fit, "cnms")) == g); (at[k] + 1):at[k + 1] }
  e <- of("entry"); j <- of("judge")
  level <- diag(v)[e] + 2 * v[e, q] + v[q, q]
  keep(name, part, "both-random", fit,
       cbind(fixef(fit) + ranef(fit)$entry[levels(d$entry), 1], sqrt(pmax(level, 0))) |> `rownames<-`(levels(d$entry)),
       cbind(ranef(fit)$judge[levels(d$judge), 1], sqrt(pmax(diag(v)[j], 0))) |> `rownames<-`(levels(d$judge)))
}

for (name in unique(designs$design)) {
  d <- designs[designs$design == name, ]
  for (part in unique(d$part)) {
    fixed(name, part, d[d$part == part, ])
    mixed(name, part, d[d$part == part, ])
  }
  if (length(unique(d$part)) > 1) mixed(name, "all", d)
}

write.csv(do.call(rbind, fits), file.path(here, "fits.csv"), row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, values), file.path(here, "values.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("lme4", packageVersion("lme4")), paste("Matrix", packageVersion("Matrix")),
             paste("BLAS", basename(extSoftVersion()["BLAS"])), paste("platform", R.version$platform)),
           file.path(here, "version.txt"))
