"""The codes of the field: what each looks like, what makes it valid, and the same tests over whole columns."""
