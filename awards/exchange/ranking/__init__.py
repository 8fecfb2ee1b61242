"""`awards rank`: any spreadsheet of scores, ranked without a server, a database or a data folder.

`tables` finds out how a file is written, `reading` makes a `Ballot` of it or names every bad row, `fitting` and
`totals` put the questions to `judging`, `asking` turns every stone, `report` holds the answer as one object,
and `terminal`, `page` and `sheet` show it.
"""
