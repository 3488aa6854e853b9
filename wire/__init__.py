"""What joins the processes: length-prefixed frames over a stream, and numbered facts that outlive a break.

Knows nothing of calls, speech or conversations; every other package may use it.
"""
