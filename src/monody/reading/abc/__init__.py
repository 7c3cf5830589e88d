"""ABC, the notation that folk tunes are typed in, read as written (version 2.1).

Numbers in comments are paragraphs of the ABC music standard 2.1 of December 2011,
https://abcnotation.com/wiki/abc:standard:v2.1.
"""
