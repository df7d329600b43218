"""Documents that a district issues: kinds, templates an office can edit, numbers without gaps, proof of service.

A programme declares its kinds in its manifest (`documents=`, kinds.DocumentKind), each with a default template that
`python -m tools.documents` makes from a page of text. It issues by `actions.issue_document`, in the transaction of
whatever the document is about, and reads `queries.served(document)`: the instant from which a clock runs. The house's
plan calls this place "notices". Not here: what a document decides, and when one must be issued (the programmes).
"""
