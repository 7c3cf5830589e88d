"""Writing events one after the other, of many melodies side by side.

``decode`` lays out melodies for the loop and cuts them where they end. ``loop`` lets
the network read an event and draws the next; what the network remembers from event to
event is told in ``models.decoder_state``. ``sampling`` draws a symbol: temperature,
top-k, top-p and min-p. What is allowed at all is decided in ``constraints``, not here.
"""
