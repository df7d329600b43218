"""What the public sees of published lists: pages and data as files, and the two pages that answer a question live.

Not here: the frame of public pages (faces.board), what of a result is public (policy.published).
"""
