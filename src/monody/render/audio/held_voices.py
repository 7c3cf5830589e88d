"""The voices that are blown, bowed or sung, and the organs, described.

Their figures come from the same measurements as those of ``struck_voices.py``.
"""

from __future__ import annotations

from monody.render.audio.voice import Held, Noise

_KEY = Noise(-30, 2500, 2.5, 0.04)  # the click of an organ's key, an air valve
_REED = Noise(-32, 3000, 2.0, 0.06, -52)
_BOW = Noise(-26, 3200, 2.5, 0.10, -46)
_LIPS = Noise(-30, 1200, 2.5, 0.08, -54)
_AIR = Noise(-22, 2600, 2.0, 0.09, -38)

HELD = (
    Held(
        name="organ", attack=0.006, bloom=0, touch=1, noise=_KEY, release=0.06,
        shimmer=0.06, players=2, cents=1.0, width=0.4,
        spectra={
            48: "0 -4 -40 -14 -50 -44 -50 -32 -50 -50 -46 -58 -46 -48",
            60: "0 -8 -42 -12 -50 -46 -50 -33 -50 -50 -42 -58 -50",
            76: "0 -9 -42 -14 -50 -42 -50 -34 -50 -54 -44 -58",
        },
    ),
    Held(
        name="church organ", attack=0.06, bloom=2, touch=1, release=0.3,
        noise=Noise(-28, 1800, 2.0, 0.12, -50), players=2, cents=1.6, width=0.6,
        spectra={
            48: "-3 0 -8 -9 -32 -14 -36 -11 -32 -27 -45 -11 -48 -38",
            60: "-5 0 -9 -4 -15 -11 -27 -8 -27 -33 -38 -10 -45 -50",
            76: "-5 -6 -5 0 -17 -17 -30 -17 -38 -38 -52 -27 -55",
        },
    ),
    Held(
        name="accordion", attack=0.04, bloom=2, noise=_KEY, touch=2, shimmer=0.03,
        players=2, cents=5, width=0.3, release=0.08,
        spectra={
            55: "-4 0 0 -9 -7 -8 -11 -11 -14 -21 -24 -26 -32 -24",
            67: "0 -5 -5 -11 -14 -14 -18 -26 -27 -29 -26 -28 -31 -40",
            79: "0 -9 -7 -11 -21 -20 -26 -36 -40 -43 -44 -40",
        },
    ),
    Held(
        name="harmonica", drift=2, attack=0.035, bloom=3, noise=_REED, touch=4,
        shimmer=0.12,
        vibrato=6,
        spectra={
            60: "-2 -5 0 -22 -15 -15 -19 -15 -18 -21 -23 -32 -29 -45",
            72: "0 -3 -2 -11 -6 -13 -11 -20 -18 -30 -32 -31 -32 -45",
        },
    ),
    Held(
        name="violin", drift=4, attack=0.05, bloom=5, noise=_BOW, touch=3.5, vibrato=14,
        shimmer=0.08, release=0.12,
        spectra={
            57: "-7 0 -5 -10 -10 -19 -18 -22 -21 -20 -26 -27 -26 -28",
            69: "0 -9 -17 -20 -21 -17 -27 -31 -31 -33 -37 -39 -41 -46",
            84: "0 -3 -10 -15 -20 -25 -30 -34 -37 -41 -44 -47",
        },
    ),
    Held(
        name="viola", drift=4, attack=0.06, bloom=5, noise=_BOW, touch=4, vibrato=12,
        shimmer=0.07, release=0.12,
        spectra={
            50: "-6 0 -2 -8 -5 -13 -14 -18 -15 -15 -23 -24 -29 -30",
            62: "0 -4 -7 -15 -17 -22 -20 -20 -28 -26 -31 -36 -35 -43",
            76: "0 -5 -11 -17 -21 -25 -30 -35 -39 -43 -46",
        },
    ),
    Held(
        name="cello", drift=4, attack=0.07, bloom=5, touch=3.5, vibrato=11,
        noise=Noise(-28, 2000, 2.5, 0.12, -46), release=0.14, shimmer=0.07,
        spectra={
            38: "-6 0 -7 -12 -6 -10 -17 -18 -17 -19 -18 -25 -27 -36",
            50: "0 -7 -8 -10 -11 -15 -23 -29 -29 -29 -31 -36 -37 -37",
            64: "0 -3 -11 -13 -16 -15 -23 -30 -34 -38 -40 -41 -43 -46",
        },
    ),
    Held(
        name="strings", drift=5, attack=0.12, bloom=4, touch=3, vibrato=9, players=3,
        cents=7,
        noise=Noise(-40, 3000, 2.5, 0.15, -44), width=0.6, release=0.3,
        spectra={
            48: "-2 0 -7 -8 -11 -14 -19 -19 -20 -22 -26 -28 -30 -36",
            60: "0 -8 -15 -16 -18 -22 -25 -27 -30 -31 -34 -36 -40 -44",
            76: "0 -7 -13 -13 -18 -21 -26 -31 -35 -40 -44 -48 -50",
        },
    ),
    Held(
        name="choir", drift=6, attack=0.11, bloom=3, touch=2, vibrato=10, players=3,
        cents=8,
        noise=Noise(-44, 2500, 2.5, 0.15, -46), width=0.6, release=0.25,
        spectra={
            48: "-12 -10 -5 0 -6 -14 -15 -17 -27 -33 -37 -39 -44",
            60: "-8 0 -7 -12 -22 -31 -36 -40 -36 -31 -30 -33 -40",
            74: "0 -9 -33 -37 -33 -38 -48 -51 -58",
        },
    ),
    Held(
        name="trumpet", drift=2.5, attack=0.022, bloom=9, noise=_LIPS, touch=6.5,
        vibrato=5,
        shimmer=0.04,
        spectra={
            57: "-5 -4 0 -3 -3 -4 -6 -7 -10 -12 -14 -17 -22 -34",
            67: "-1 0 -1 0 -4 -6 -8 -12 -15 -20 -23 -26 -29 -42",
            79: "0 0 -5 -8 -15 -22 -26 -32 -34 -42 -44 -52",
        },
    ),
    Held(
        name="trombone", drift=3, attack=0.035, bloom=9, noise=_LIPS, touch=6.5,
        vibrato=4,
        spectra={
            45: "-12 -7 -3 0 -2 -2 -4 -7 -7 -11 -11 -17 -17 -28",
            57: "-10 -1 0 -5 -10 -14 -17 -21 -22 -25 -29 -32 -34 -43",
            69: "0 -3 -8 -14 -20 -24 -28 -34 -38 -42 -46",
        },
    ),
    Held(
        name="tuba", drift=3, attack=0.04, bloom=8, touch=5, release=0.12,
        noise=Noise(-30, 500, 2.5, 0.1, -54),
        spectra={
            33: "-5 0 -5 -6 -8 -7 -10 -13 -17 -21 -27 -28 -31 -37",
            45: "0 -7 -8 -13 -17 -23 -33 -38 -41 -45 -50",
        },
    ),
    Held(
        name="horn", drift=3, attack=0.045, bloom=8, touch=7, release=0.14,
        noise=Noise(-32, 900, 2.5, 0.1, -54),
        spectra={
            45: "-6 0 -4 -5 -2 -8 -13 -16 -20 -24 -25 -30 -32 -36",
            57: "-6 0 -5 -12 -15 -18 -20 -26 -30 -33 -36 -40 -41 -47",
            69: "0 -9 -15 -17 -22 -26 -32 -38 -43 -45 -50",
        },
    ),
    Held(
        name="soprano sax", drift=3, attack=0.03, bloom=5, noise=_REED, touch=4.5,
        vibrato=9,
        shimmer=0.06,
        spectra={
            60: "0 -5 -10 -9 -11 -9 -10 -9 -10 -15 -19 -17 -20 -40",
            72: "0 -4 -20 -16 -11 -18 -27 -33 -37 -42 -42 -48 -54",
        },
    ),
    Held(
        name="alto sax", drift=3, attack=0.03, bloom=5, touch=4.5, vibrato=8,
        shimmer=0.06,
        noise=Noise(-28, 2400, 2.0, 0.07, -46),
        spectra={
            52: "-4 -5 0 -6 -3 -8 -18 -18 -17 -19 -20 -20 -24 -26",
            62: "0 -8 -8 -12 -10 -15 -11 -11 -15 -21 -27 -32 -34 -43",
            76: "0 -8 -6 -9 -16 -29 -33 -40 -47 -49",
        },
    ),
    Held(
        name="tenor sax", drift=3, attack=0.03, bloom=5, touch=5, vibrato=8,
        shimmer=0.06,
        noise=Noise(-26, 2000, 2.0, 0.07, -44),
        spectra={
            48: "-3 -3 -2 0 -5 -10 -17 -13 -11 -8 -14 -19 -17 -32",
            60: "0 -3 -13 -16 -12 -14 -13 -14 -17 -21 -29 -29 -31 -44",
            72: "0 -4 -10 -18 -20 -24 -28 -33 -38 -44",
        },
    ),
    Held(
        name="oboe", drift=2.5, attack=0.03, bloom=4, noise=_REED, touch=3, vibrato=7,
        shimmer=0.05,
        spectra={
            60: "-8 -7 -7 0 -2 -15 -19 -23 -23 -24 -24 -26 -31 -50",
            70: "-9 -2 0 -19 -23 -22 -28 -38 -47 -45 -51 -55",
            82: "-1 0 -14 -21 -36 -44 -48 -56",
        },
    ),
    Held(
        name="bassoon", drift=2.5, attack=0.035, bloom=4, noise=_REED, touch=4,
        vibrato=4,
        spectra={
            38: "-10 -9 -9 -8 -2 0 -12 -16 -19 -22 -25 -26 -25 -36",
            48: "-14 -9 0 -3 -16 -21 -20 -18 -21 -24 -38 -39 -41",
            60: "-3 0 -17 -15 -20 -33 -34 -45 -48 -54 -57",
        },
    ),
    Held(
        name="clarinet", drift=2, attack=0.03, bloom=4, touch=5, vibrato=0,
        noise=Noise(-34, 2500, 2.0, 0.06, -52),
        spectra={
            52: "0 -33 -5 -31 -8 -27 -6 -20 -11 -25 -16 -24 -22 -36",
            64: "0 -34 -3 -22 -10 -27 -12 -23 -19 -28 -27 -29 -42 -52",
            79: "0 -12 -10 -25 -27 -35 -48 -55 -58",
        },
    ),
    Held(
        name="flute", drift=3, attack=0.036, bloom=4, noise=_AIR, touch=4, vibrato=6,
        shimmer=0.1,
        release=0.12,
        spectra={
            62: "-2 0 -8 -17 -16 -16 -24 -31 -36 -36 -37 -43 -46",
            72: "0 -13 -11 -29 -31 -40 -40 -44 -50 -51",
            86: "0 -27 -28 -36 -47 -54 -58",
        },
    ),
    Held(
        name="recorder", drift=2, attack=0.025, bloom=3, touch=3, release=0.07,
        noise=Noise(-18, 2800, 1.6, 0.06, -42),
        spectra={
            65: "0 -28 -21 -40 -34 -38 -36 -42 -48 -48 -55",
            74: "0 -28 -20 -35 -33 -38 -41 -52 -53",
            86: "0 -40 -33 -52 -44 -52",
        },
    ),
    Held(
        name="pan flute", drift=4, attack=0.04, bloom=3, touch=4, vibrato=4,
        shimmer=0.08,
        noise=Noise(-12, 2200, 1.8, 0.11, -30),
        spectra={
            62: "0 -34 -9 -32 -15 -33 -26 -43 -37 -52 -49",
            74: "0 -34 -8 -33 -15 -34 -29 -46 -40 -54",
        },
    ),
    Held(
        name="square lead", attack=0.006, bloom=0, touch=2, noise=_KEY, release=0.08,
        vibrato=4, players=2, cents=3, width=0.3,
        spectra={60: "0 -70 -10 -70 -14 -70 -17 -70 -19 -70 -21 -70 -22 -70 -24 -70"},
    ),
    Held(
        name="saw lead", attack=0.006, bloom=0, touch=2, noise=_KEY, release=0.08,
        vibrato=4, players=2, cents=5, width=0.3,
        spectra={60: "0 -6 -10 -13 -15 -17 -18 -19 -20 -21 -22 -24 -26 -28 -30 -32"},
    ),
)  # fmt: skip
