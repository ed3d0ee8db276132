"""From a file or a data frame to checked columns, and from those to a panel."""
