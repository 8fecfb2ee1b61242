"""`awards rank`: any spreadsheet of scores, ranked without a server, a database or a data folder.

`tables` finds out how a file is written, `reading` makes a `Ballot` of it or names every bad row, `fitting` and
`totals` put the questions to `judging` (`calibrating`, `models` and `plain` by the method), `asking` turns every
stone, `report` holds the answer, and `printed`, `terminal`, `page` and `sheet` show it.
"""
