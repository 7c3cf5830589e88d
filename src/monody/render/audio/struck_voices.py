"""The voices that are struck or plucked, described.

The figures are near those of two General MIDI sound banks, evened out: a bank's single
note has accidents that an instrument has not. ``benchmarks/voices.py`` compares them.
"""

from __future__ import annotations

from monody.render.audio.voice import Noise, Struck

_HAMMER = Noise(-25, 450, 5.0, 0.12)
_FINGER = Noise(-30, 1400, 4.5, 0.07)
_PICK = Noise(-26, 2400, 3.5, 0.06)
_QUILL = Noise(-20, 3500, 3.5, 0.08)
_MALLET = Noise(-24, 900, 4.0, 0.07)
_BEATER = Noise(-22, 4500, 1.5, 0.03)

STRUCK = (
    Struck(
        name="piano", t60=6.5, t60_octave=0.88, damping=2500, stiffness=3e-4,
        twin=0.45, cents=0.7, rise=0.014, touch=3.5, noise=_HAMMER, width=0.35,
        spectra={
            36: "-2 0 -5 -8 -5 -4 -6 -13 -8 -8 -6 -13 -11 -12 -15 -17",
            60: "0 -2 -12 -11 -8 -15 -11 -17 -20 -22 -25 -26 -30 -33",
            84: "0 -14 -23 -31 -38 -42 -47 -54 -58 -60",
        },
    ),
    Struck(
        name="electric piano", t60=12, t60_octave=0.6, damping=1500, touch=7,
        rise=0.003,
        twin=0.2, cents=0.4, noise=Noise(-26, 1800, 1.5, 0.06), width=0.3,
        spectra={
            36: "-5 0 -6 -10 -12 -15 -20 -22 -27 -31 -32 -38 -38 -45",
            60: "0 -8 -13 -26 -30 -42 -45 -46 -56 -56",
            84: "0 -36 -33 -49 -59",
        },
    ),
    Struck(
        name="harpsichord", t60=5.5, t60_octave=0.85, damping=4000, touch=1.5,
        rise=0.014,
        twin=0.5, cents=1.2, noise=_QUILL, width=0.3, release=0.12,
        spectra={
            48: "0 -2 -4 -2 -10 -6 -14 -19 -10 -10 -8 -8 -13 -20 -24 -24",
            60: "0 -7 -9 -18 -20 -12 -22 -16 -17 -28 -22 -20 -19 -34",
            76: "0 -6 -15 -20 -17 -13 -22 -29 -17 -24 -32 -29 -31 -42",
        },
    ),
    Struck(
        name="clavinet", t60=8, t60_octave=0.7, damping=3000, touch=3,
        noise=_PICK, width=0.15, release=0.08,
        spectra={
            48: "-10 -3 0 -2 -13 -13 -14 -18 -9 -3 -2 -5 -14 -20",
            60: "-7 0 0 -8 -12 -18 -25 -18 -13 -12 -21 -32 -33 -35",
            76: "0 -3 -18 -25 -25 -32 -35 -29 -33 -45",
        },
    ),
    Struck(
        name="celesta", t60=4.8, t60_octave=0.85, damping=4000, touch=6, rise=0.003,
        noise=Noise(-28, 1500, 2.0, 0.05), release=0.4, width=0.3,
        ratios=(1, 3.0, 5.02, 8.0, 13.1),
        spectra={72: "0 -26 -30 -35 -42", 84: "0 -28 -42 -42 -60"},
    ),
    Struck(
        name="glockenspiel", t60=12, t60_octave=0.68, damping=6000, touch=6,
        noise=_BEATER, release=1.5, width=0.3, ratios=(1, 2.76, 5.4, 8.93),
        spectra={72: "-3 -22 0 -16", 91: "0 -24 -6 -30"},
    ),
    Struck(
        name="music box", t60=4.5, t60_octave=0.8, damping=5000, touch=3,
        noise=Noise(-26, 5000, 1.5, 0.03), release=1.0, width=0.25,
        ratios=(1, 2, 4, 6.27, 11.0),
        spectra={72: "0 -24 -8 -34 -24", 84: "0 -26 -8 -38 -32"},
    ),
    Struck(
        name="vibraphone", t60=6.0, t60_octave=0.85, damping=2500, touch=7, rise=0.004,
        noise=_MALLET, release=1.0, tremolo=0.25, width=0.3, ratios=(1, 4, 10.1),
        spectra={55: "0 -20 -28", 65: "0 -17 -46", 77: "0 -23 -55"},
    ),
    Struck(
        name="marimba", t60=1.7, t60_octave=0.72, damping=2500, touch=6, rise=0.004,
        noise=_MALLET, release=0.5, width=0.3, ratios=(1, 4, 9.2, 14.0),
        spectra={48: "0 -13 -26 -40", 60: "0 -18 -44 -56", 76: "0 -25 -56 -60"},
    ),
    Struck(
        name="xylophone", t60=1.1, t60_octave=0.85, damping=6000, touch=8,
        noise=Noise(-14, 3000, 2.0, 0.03), release=0.4, width=0.3, ratios=(1, 3, 6.1),
        spectra={67: "0 -20 -12", 79: "0 -24 -20", 91: "0 -36 -40"},
    ),
    Struck(
        name="tubular bells", t60=6.0, t60_octave=0.8, damping=900, touch=3,
        noise=_BEATER, release=2.0, width=0.3, cents=1.5, twin=0.3,
        ratios=(1, 2, 3.0, 4.17, 5.43, 6.79, 8.21),
        spectra={60: "-10 -14 -6 0 -7 -18 -24", 72: "-14 -11 -3 0 -6 -17 -23"},
    ),
    Struck(
        name="timpani", t60=3.0, t60_octave=0.85, damping=800, touch=6,
        noise=Noise(-16, 300, 3.0, 0.08), release=0.6, ratios=(1, 1.5, 1.99, 2.44,
        2.89),
        spectra={36: "0 -6 -9 -16 -20", 60: "0 -10 -15 -20 -28"},
    ),
    Struck(
        name="nylon guitar", t60=7.0, t60_octave=0.85, damping=1300, touch=5,
        noise=Noise(-26, 500, 5.0, 0.12), rise=0.018, twin=0.25, cents=0.3,
        spectra={
            45: "-4 0 -12 -23 -27 -33 -29 -34 -33 -38 -40 -46 -43 -44",
            57: "0 -6 -20 -20 -12 -26 -25 -25 -26 -34 -31 -36 -42 -44",
            72: "-3 0 -20 -26 -23 -34 -42 -36 -37 -47 -50",
        },
    ),
    Struck(
        name="steel guitar", t60=6.5, t60_octave=0.78, damping=3500, touch=4,
        rise=0.014,
        noise=_PICK, twin=0.4, cents=0.8, stiffness=5e-5, width=0.25,
        spectra={
            45: "0 0 -8 -9 -18 -25 -30 -28 -24 -22 -23 -30 -29 -33",
            57: "0 -5 -7 -12 -18 -23 -31 -26 -26 -20 -25 -28 -29 -39",
            72: "0 -5 -16 -23 -16 -12 -29 -20 -23 -29 -22 -27 -33",
        },
    ),
    Struck(
        name="electric guitar", t60=9.0, t60_octave=0.7, damping=2500, touch=5,
        rise=0.01,
        noise=_PICK, twin=0.3, cents=0.5, width=0.1,
        spectra={
            45: "-3 -4 -3 -10 -12 -16 -15 -24 -26 -23 -28 -30 -28 -30",
            57: "-4 -3 -4 -6 -11 -18 -19 -15 -11 -14 -16 -22 -29 -33",
            72: "0 -4 -4 -8 -11 -18 -24 -32 -38 -40 -46",
        },
    ),
    Struck(
        name="acoustic bass", t60=4.8, t60_octave=0.85, damping=1500, touch=4,
        noise=Noise(-24, 150, 2.5, 0.08), rise=0.035, width=0.1, twin=0.2, cents=0.4,
        spectra={
            31: "0 -6 -16 -20 -30 -25 -26 -28 -36 -38 -38 -44 -47 -50",
            40: "0 -6 -15 -23 -26 -23 -27 -29 -36 -38 -43 -49 -46 -51",
            52: "0 -12 -18 -21 -23 -23 -29 -29 -33 -33 -39 -45 -43",
        },
    ),
    Struck(
        name="electric bass", t60=8.5, t60_octave=0.85, damping=1800, touch=6,
        noise=Noise(-30, 900, 2.5, 0.05), rise=0.008, width=0.05, release=0.1,
        spectra={
            31: "-3 0 -3 -8 -15 -19 -20 -23 -34 -28 -28 -35 -38 -42",
            40: "-1 0 -2 -7 -13 -15 -16 -19 -29 -26 -27 -28 -29 -34",
            52: "-1 0 -4 -12 -15 -13 -17 -27 -36 -27 -26 -32 -38",
        },
    ),
    Struck(
        name="pizzicato strings", t60=1.45, t60_octave=0.9, damping=2500, touch=5,
        noise=Noise(-22, 300, 2.5, 0.06), rise=0.03, width=0.4, twin=0.5, cents=3,
        release=0.3,
        spectra={
            48: "0 -11 -16 -20 -26 -26 -31 -34 -33 -37 -38 -40 -41 -44",
            60: "0 -16 -20 -27 -28 -34 -39 -42 -43 -45 -49 -53",
            76: "0 -13 -16 -20 -24 -31 -38 -43 -45 -49 -52",
        },
    ),
    Struck(
        name="harp", t60=5.0, t60_octave=0.87, damping=1400, touch=5, noise=_FINGER,
        rise=0.018, width=0.35, release=1.2,
        spectra={
            43: "-2 0 -4 -5 -16 -19 -25 -31 -29 -34 -38 -42 -50",
            60: "0 -24 -29 -33 -33 -37 -41 -48 -50 -56",
            79: "0 -24 -21 -30 -31 -33 -38 -47 -48 -56",
        },
    ),
    Struck(
        name="sitar", t60=7.2, t60_octave=0.8, damping=9000, touch=3, noise=_PICK,
        rise=0.005,
        twin=0.6, cents=2.5, width=0.25, release=0.4,
        spectra={
            48: "-13 -3 -6 -5 -4 -5 -6 -3 -4 -3 -5 -5 -7 -7 -8 -9 -10 -11 -12 -13",
            60: "-10 -3 -4 -2 -3 -7 -3 -3 -6 -1 -6 -10 -10 -11 -12 -13 -14 -15",
        },
    ),
    Struck(
        name="banjo", t60=4.8, t60_octave=0.65, damping=2800, touch=4, rise=0.01,
        noise=Noise(-20, 1800, 2.5, 0.05), width=0.15,
        spectra={
            55: "-9 -8 -3 0 -6 -7 -9 -15 -23 -26 -27 -28 -20 -29",
            67: "-7 0 -8 -12 -13 -15 -22 -22 -23 -27 -25 -28 -31",
        },
    ),
    Struck(
        name="koto", t60=4.2, t60_octave=0.9, damping=4000, touch=4, noise=_PICK,
        rise=0.004,
        width=0.25, release=0.5, twin=0.2, cents=0.8,
        spectra={
            55: "-6 -2 -4 -5 -2 -5 -7 -6 -5 -11 -9 -12 -13 -12",
            67: "-6 -1 -6 -2 -13 -15 -13 -16 -22 -29 -34 -37 -42",
        },
    ),
    Struck(
        name="kalimba", t60=1.8, t60_octave=0.9, damping=3500, touch=6,
        noise=Noise(-20, 2200, 2.0, 0.04), width=0.2, release=0.6,
        spectra={
            60: "0 -35 -38 -41 -41 -41 -39 -43 -50 -50 -54 -57",
            72: "0 -46 -52 -52 -53 -50 -55 -54 -56 -52 -57",
        },
    ),
    Struck(
        name="steel drums", t60=1.9, t60_octave=0.75, damping=2500, touch=5,
        noise=_MALLET, width=0.3, rise=0.004, twin=0.4, cents=4, release=0.4,
        spectra={
            60: "-3 0 -17 -5 -24 -20 -33 -15 -36 -38 -45 -40",
            72: "-1 0 -19 -8 -26 -20 -34 -15 -40 -38 -50 -44",
        },
    ),
)  # fmt: skip
