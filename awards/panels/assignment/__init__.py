"""From the state of a panel to an assignment, its repair and its edits by hand, and what is said of them."""
