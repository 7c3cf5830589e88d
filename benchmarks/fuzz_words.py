"""What makes a reader of notation stumble: values and phrases, by notation.

They are legal, or nearly so. Each asks for one thing that a reader has to bound: a
count, a length, a depth, a list.
"""

from __future__ import annotations

NUMBERS = (
    "0", "-1", "1", "2", "3", "7", "", "1.5", "1e308", "-1e308", "1e-308", "nan", "inf",
    "-inf", "99999999999", "9" * 30, "9" * 5000, "1/0", "0/4", "1/99999999999", "0x10",
    "+4", " 4 ", "4,", "1_000", "²", "٣", "½", "x", "127", "128", "255", "256", "65536",
    "2147483647", "2147483648", "9223372036854775808", "1441440", "999999", "1/1441441",
)  # fmt: skip

ABC_WORDS = (
    "\nK:C octave=99999\n", "\nK:C transpose=-99999\n", "\nK:C^^^^^g exp _b =c\n",
    "\nM:0/0\n", "\nM:999/1\n", "\nM:(2+3+2+3+2+3)/64\n", "\nM:none\n", "\nM:C|\n",
    "\nL:1/0\n", "\nL:9999/1\n", "\nL:1/9999\n", "\nQ:1/4=0\n", "\nQ:9999/1=99999\n",
    "\nQ:1/8 1/8 1/8=nan\n", '\nQ:"\n', "\nP:((((((A9)9)9)9)9)9\n", "\nP:A999B999\n",
    "\nP:(A\n", "\nP:A\n", "[P:B]", "\nV:1\n", "\nV:2 octave=-9\n", "[V:3]", "[V:",
    "[K:F#loc]", "[M:7/8]", "[L:1/3]", "[r:remark]", "[Q:1/4=1]", "[I:linebreak !]",
    "&", "&&", "&\n", "&|", "(&", "&)", "(3", "(9", "(3:2:0", "(99999:1:99999",
    "(1:1:1", "(0:0:0", "(3::", "(p:q:r", "{", "}", "{/", "{ccc", "[", "]", "[[ceg]]",
    "[c[eg]]", "[]", "[|", "|]", "|:", ":|", "::", ":::::|", "|:::", "|1", ":|2",
    "[1,2,3,4-99", "[99999-1", "[1-99999", "|[1", "||", ".|", "|:|:|:", ":|:|:|",
    "-", "c-", "-c", "c-|c-|c", "[ce-]-", "c99999", "c/99999", "c/////////////",
    "c9999/9999", "c1/0", "c0", "c''''''''''''''''''''", "C,,,,,,,,,,,,,,,,,,,",
    "^^^^^c", "__,c", "=^_c", "^/c", "_3/4c", "z99999", "Z9999", "Z0", "X99", "x/",
    "y99", ">", "<", ">>>>>>>", "c>>>>>>>>>>>>d", "c<>d", "c> >d", "`", "\\", "\\\n",
    "$", "!",
    "!!", "!trill!", "!D.C.!", "!D.S.alcoda!", "+", "+fermata+", "~", ".", "u", "H",
    '"', '"Am"', '"^over', "s:\n", "\nw:la-la*__|\n", "\nW:words\n", "\nU:T=!trill!\n",
    "\nU:c=!x!\n", "\nm:~n = (3o/n/m/ n\n", "\nI:abc-charset utf-16\n",
    "\n%%begintext\n", "\n%%endtext\n", "\n%%beginps\n", "\n%%MIDI program 999\n",
    "\n%%MIDI program -1\n", "\n%%MIDI gracedivider 0\n",
    "\n%%abc-include /etc/passwd\n",
    "\n%%propagate-accidentals octave\n", "\n%%score (1 2) | [3 {4 5}]\n", "\n\n",
    "\nX:2\n", "\nX:1\nX:1\nX:1\n", "\nK:\n", "\nK:none\n", "\nK:HP\n", "\nT:\n",
    "\nX:-1\nK:C\n", "\nabc-include\n", "\r", "\x1a", "\0", "\u2028", "\ufeff", "\x85",
)  # fmt: skip

KERN_WORDS = (
    "*^", "*v", "*x", "*+", "*-", "*", "**kern", "**text", "**recip", "**", "*^\n",
    "*v\t*v", "*v\t*v\n", "*^\t*^\n", "*x\t*x\n", "*-\n", "*-\n**kern\n", "*+\n", "\t",
    "\t\t", "\n", "\n\n", "!", "!!", "!!!OTL: a", "!!!OTL@@", "!LO:TX", ".", "=", "==",
    "=1", "=:|!|:", "=!|:", "=:|!", "=||", "=99999999999", "=-", "=\t=\n", "*M0/4",
    "*M4/0", "*M999/999", "*M3+2+3+2/8", "*M3%2/4", "*met(c|)", "*MM0", "*MM-1",
    "*MM99999", "*MM1e9", "*k[f#c#g#d#a#e#b#]", "*k[b-e-a-d-g-c-f-x]", "*k[", "*k[]",
    "*C:", "*c-:phr", "*?:", "*>[A,A,B,A]", "*>A", "*>B", "*>norep[A]", "*>[", "*>[]",
    "*>[" + "A," * 2000 + "A]", "*Ipiano", "*ICvox", '*I"Flute', "*Idrum", "*Trd1c2",
    "*ITrd-1c-2", "*clefG2", "*8va", "*X8va", "*staff99999", "*part0", "4c", "0c",
    "00c", "000c", "0000000c", "0%0c", "1%0c", "3%2c", "9999%9999c", "99999999999c",
    "0.5c",
    "4.....c", "4..........................c", "4c#####", "4c---", "4c-#n",
    "4cccccccccc",
    "4CCCCCCCCCC", "4cC", "4H", "c", "4", "4r", "4R", "8qcc", "qc", "Qc", "4c 4e 4g",
    "4c 8e 16g", "[4c", "4c]", "4c_", "[4c [4e", "[[4c]]", "4c]_[", "&4c", "4c;", "4c^",
    "4c L", "4cLLLL", "12c", "11c", "1441441c", "7c", "960c", "x", "\u00a0", "\0",
    "\x1a", "\ufeff", "4ç", "٣c",
)  # fmt: skip

_DURATION = "<duration>{}</duration>"
MUSICXML_WORDS = (
    *(f"<{tag}>{_DURATION.format(n)}</{tag}>" for tag in ("backup", "forward")
      for n in ("1", "-1", "99999999999", "1e308", "0.3333333", "nan", "")),
    *(f"<attributes><divisions>{n}</divisions></attributes>"
      for n in ("0", "-1", "1", "1e9", "99999999999", "0.1", "nan", "1441441", "7")),
    *(f"<barline location='right'><repeat direction='backward' times='{n}'/></barline>"
      for n in ("", "0", "2", "99999999999", "-1", "nan", "1e308")),
    "<barline location='left'><repeat direction='forward'/></barline>",
    "<barline><repeat direction='sideways'/></barline>",
    *(f"<barline><ending number='{n}' type='{kind}'/></barline>"
      for n in ("1", "1,2", "1-99999", "99999999999", "", "1, 1, 1")
      for kind in ("start", "stop", "discontinue")),
    *(f"<attributes><measure-style><measure-repeat type='start' slashes='{n}'>{n}"
      "</measure-repeat></measure-style></attributes>" for n in ("1", "2", "99", "-1")),
    "<attributes><measure-style><multiple-rest>99999</multiple-rest></measure-style>"
    "</attributes>",
    *(f"<attributes><time><beats>{n}</beats><beat-type>{d}</beat-type></time>"
      "</attributes>" for n, d in (("0", "4"), ("4", "0"), ("3+2", "8"), ("999", "1"),
                                   ("99999999999", "64"), ("-3", "4"), ("4", "3"))),
    "<attributes><time><senza-misura/></time></attributes>",
    *(f"<attributes><key><fifths>{n}</fifths><mode>locrian</mode></key></attributes>"
      for n in ("-8", "99999999999", "nan", "7")),
    *(f"<attributes><transpose><diatonic>{n}</diatonic><chromatic>{n}</chromatic>"
      f"<octave-change>{n}</octave-change></transpose></attributes>"
      for n in ("1", "-99999", "99999999999", "nan", "1e308")),
    "<attributes><staves>99999</staves></attributes>",
    *(f"<note><pitch><step>C</step><alter>{n}</alter><octave>{n}</octave></pitch>"
      f"{_DURATION.format(n)}<voice>{n}</voice><staff>{n}</staff></note>"
      for n in ("0", "1", "0.5", "-1", "99999999999", "nan", "1e308", "99", "2.5")),
    "<note><chord/><pitch><step>E</step><octave>4</octave></pitch><duration>2</duration>"
    "</note>",
    "<note><grace/><pitch><step>E</step><octave>4</octave></pitch></note>",
    "<note><rest measure='yes'/></note>", "<note/>", "<note><chord/></note>",
    "<tie type='start'/>", "<tie type='stop'/>", "<dot/>" * 400, "<cue/>", "<grace/>",
    "<type>1024th</type>", "<type>maxima</type>", "<chord/>",
    *(f"<time-modification><actual-notes>{a}</actual-notes><normal-notes>{n}"
      "</normal-notes></time-modification>" for a, n in (("0", "0"), ("3", "0"),
      ("99999999999", "1"), ("1", "99999999999"), ("-3", "2"), ("7", "11"))),
    *(f"<sound tempo='{n}'/>" for n in ("0", "-1", "1e308", "nan", "99999999999")),
    "<sound dacapo='yes'/>", "<sound dalsegno='a' coda='b' fine='yes' segno='a'/>",
    "<sound tocoda='x'/>", "<sound forward-repeat='yes'/>",
    "<measure number='0' implicit='yes'/>", "<measure/>", "<part id='P1'/>", "<part/>",
    "<score-part id='P1'/>", "<measure><part/></measure>", "<score-timewise/>",
    "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>"
    "999999</per-minute></metronome></direction-type><offset>-99999</offset>"
    "</direction>",
)  # fmt: skip

_LOCATION = "<location><measures>{0}</measures><fractions>{1}</fractions></location>"
_SPANNER = '<Spanner type="{0}"><{0}>{1}</{0}><next>{2}</next></Spanner>'
MUSESCORE_WORDS = (
    *(_LOCATION.format(m, f) for m, f in (
        ("0", "1/4"), ("-1", "0/1"), ("99999999999", "1/0"), ("1", "-1/99999999999"),
        ("0", "1/1441441"), ("", ""), ("nan", "nan/nan"), ("0", "-99999/1"))),
    *(_SPANNER.format(kind, inside, _LOCATION.format(m, f))
      for kind, inside in (
          ("Volta", "<endings>1, 2</endings>"), ("Volta", "<endings>1-99999</endings>"),
          ("Ottava", "<subtype>8va</subtype>"), ("Ottava", "<subtype>22mb</subtype>"),
          ("Tie", ""), ("Slur", ""), ("HairPin", "<subtype>9</subtype>"))
      for m, f in (("1", "0/1"), ("99999999999", "0/1"), ("-1", "-1/2"))),
    *(f"<Tuplet><normalNotes>{n}</normalNotes><actualNotes>{a}</actualNotes></Tuplet>"
      for n, a in (("2", "3"), ("0", "0"), ("1", "99999999999"), ("99999999999", "1"),
                   ("-2", "3"), ("4", "7"), ("13", "11"))),
    '<Tuplet id="1"><Tuplet>1</Tuplet><normalNotes>2</normalNotes><actualNotes>3'
    "</actualNotes></Tuplet>", "<Tuplet>1</Tuplet>", "<endTuplet/>",
    "<endTuplet/>" * 99,
    *(f"<tick>{n}</tick>" for n in ("0", "-1", "480", "99999999999", "nan")),
    *(f"<track>{n}</track>" for n in ("0", "1", "3", "-1", "99999999999", "nan")),
    *(f"<Division>{n}</Division>" for n in ("0", "-1", "1", "7", "99999999999", "nan")),
    "<startRepeat/>", *(f"<endRepeat>{n}</endRepeat>" for n in (
        "", "0", "1", "2", "99999999999", "-1", "nan")),
    "<LayoutBreak><subtype>section</subtype></LayoutBreak>", "<noOffset>-9</noOffset>",
    *(f"<multiMeasureRest>{n}</multiMeasureRest>" for n in ("1", "-1", "99999999999")),
    *(f"<MeasureRepeat><subtype>{n}</subtype></MeasureRepeat>"
      for n in ("0", "1", "2", "4", "99999999999", "-1")),
    "<RepeatMeasure><durationType>measure</durationType></RepeatMeasure>",
    *(f"<measureRepeatCount>{n}</measureRepeatCount>" for n in ("1", "2", "99", "-1")),
    *(f"<TimeSig><sigN>{n}</sigN><sigD>{d}</sigD><stretchN>{d}</stretchN><stretchD>{n}"
      "</stretchD></TimeSig>" for n, d in (("0", "4"), ("4", "0"), ("999", "1"),
                                          ("99999999999", "1"), ("-3", "4"))),
    *(f"<KeySig><accidental>{n}</accidental><concertKey>{n}</concertKey></KeySig>"
      for n in ("-9", "7", "99999999999", "nan")),
    *(f"<Tempo><tempo>{n}</tempo></Tempo>" for n in (
        "0", "-1", "nan", "1e308", "99999999999", "2")),
    *(f"<Chord>{inside}<durationType>{length}</durationType><Note><pitch>{pitch}</pitch>"
      "</Note></Chord>" for inside, length, pitch in (
          ("", "quarter", "60"), ("<dots>99999999999</dots>", "half", "-1"),
          ("<dots>4</dots>", "1024th", "128"), ("<grace4/>", "eighth", "64"),
          ("<duration>1/0</duration>", "whole", "nan"), ("", "longa", "99999999999"),
          ("<duration>99999/1</duration>", "measure", "61"), ("", "", ""))),
    "<Rest><durationType>measure</durationType><duration>99999999999/1</duration></Rest>",
    "<dots>3</dots>", "<dots>-1</dots>", "<Staff id='1'/>", "<Staff id='99999999999'/>",
    "<Staff id='x'><Measure/></Staff>", "<Measure/>", "<Measure len='99999999999/1'/>",
    "<Measure len='1/0'/>", "<Measure len='nan'/>", "<voice/>", "<voice/>" * 300,
    "<Part/>", "<Score/>", "<linkedTo>1</linkedTo>", "<useDrumset>1</useDrumset>",
    "<pitch>-1</pitch>", "<pitch>200</pitch>", "<pitch/>", "<transposeChromatic>999999"
    "</transposeChromatic>",
    "<Ottava><tick>0</tick><tick2>99999999999</tick2></Ottava>",
    '<Volta id="2"><endings>1</endings></Volta>', '<endSpanner id="2"/>',
    '<Tie id="2"/>', "<Jump><jumpTo>start</jumpTo><playUntil>end</playUntil></Jump>",
    "<Marker><label>segno</label></Marker>",
    "<siglist><sig tick='0'><nom>99999</nom><denom>1</denom></sig></siglist>",
    "<tempolist><tempo tick='-1'>nan</tempo></tempolist>",
    "<keylist><key tick='99999999999' idx='99'/></keylist>",
)  # fmt: skip
