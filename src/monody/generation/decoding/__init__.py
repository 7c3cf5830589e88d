"""Writing events one after the other, in one compiled loop.

``decode`` lays out melodies for the loop and cuts them where they end; ``loop`` reads
an event and draws the next; ``state`` is what is remembered from event to event;
``sampling`` draws a symbol: temperature, top-k, top-p and min-p. What is allowed at all
is decided in ``constraints``, not here.
"""
