"""Videos: what is kept of them, and what is refused in words; subtitles, read line by line."""

import struct

import pytest

from examengine.bank.formats import LARGEST_READ, load_folder
from examengine.bank.media import MediaUnusable, read_media
from tests.bank.media_files import SECRET, mp4, subtitles, webm
from tests.bank.small_bank import files, item

CUE = b"00:01.000 --> 00:04.500\nMind the gap.\n"


def box(name: bytes, content: bytes = b"") -> bytes:
    """A box of an MP4."""
    return struct.pack(">I", 8 + len(content)) + name + content


def vtt(text: bytes) -> bytes:
    """Subtitles that say this after their first line."""
    return b"WEBVTT\n\n" + text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no whole MP4"),
        (b"GIF89a" + bytes(90), "no whole MP4"),
        (mp4()[:300], "no whole MP4"),
        (mp4()[:-40], "no whole MP4"),
        (mp4(coded=b"hvc1"), "coded as hvc1, which not every browser plays"),
        (mp4(coded=b"encv"), "coded as encv"),
        (mp4(side=3840), "3840 × 360 pixels; at most 1920"),
        (mp4(own=False), "from another file"),
        (mp4((b"vide", b"meta")), "neither picture nor sound, such as where it was filmed"),
        (mp4((b"vide", b"text")), "neither picture nor sound"),
        (mp4((b"soun",)), "must hold one picture track"),
        (mp4((b"vide", b"vide")), "must hold one picture track"),
        (mp4((b"vide", b"soun", b"soun")), "at most one sound track"),
        (mp4(more=box(b"mvex")), "stored in pieces"),
        (mp4() + box(b"moof"), "stored in pieces"),
        (mp4() + b"\x00\x00\x00\x01free" + b"\xff" * 8, "no whole MP4"),
        (mp4() + box(b"moov", box(b"trak", box(b"moov", box(b"trak")) * 3) * 9)[:-1], "no whole"),
    ],
)
def test_an_mp4_that_no_page_plays_is_refused_in_words(data, says):
    """
    Coded otherwise, in pieces, too large, pointing elsewhere, or telling where it was filmed.
    """
    with pytest.raises(MediaUnusable, match=says):
        read_media("x.mp4", data)


def test_what_nobody_knows_in_an_mp4_is_made_blank():
    """
    A box of another kind is nothing to play: its room stays, and nothing that was in it.
    """
    hidden = box(b"moov", box(b"trak", box(b"udta", SECRET)))
    data = mp4(more=box(b"zzzz", SECRET) + hidden)

    kept = read_media("x.mp4", data)

    assert len(kept.data) == len(data)
    assert SECRET not in kept.data
    assert b"zzzz" not in kept.data
    assert b"\xe3\x01\x02\x03" not in kept.data
    assert read_media("x.mp4", kept.data) == kept


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no whole WEBM"),
        (b"\x1a\x45\xdf\xa3", "no whole WEBM"),
        (webm().replace(b"webm", b"mkvv"), "no whole WEBM"),
        (webm()[:200], "no whole WEBM"),
        (webm(coded=b"V_AV1"), "coded as V_AV1"),
        (webm(size=(1921, 4)), "1921 × 4 pixels"),
        (webm(seconds=0.0), "no whole WEBM"),
        (webm(track=bytes.fromhex("6d8080")), "packed or locked"),
        (webm().replace(b"\x83\x10\x00\x00\x01\x01", b"\x83\x10\x00\x00\x01\x11"), "neither"),
        (webm().replace(bytes.fromhex("4489"), bytes.fromhex("4488")), "how long it takes"),
        (webm().replace(bytes.fromhex("1f43b67510"), bytes.fromhex("1f43b675ff")), "stream"),
    ],
)
def test_a_webm_that_no_page_plays_is_refused_in_words(data, says):
    """
    Another kind under the name, coded otherwise, too large, or without an end.
    """
    with pytest.raises(MediaUnusable, match=says):
        read_media("x.webm", data)


def test_the_comments_of_a_sound_are_taken_out():
    """
    A sound in Vorbis says who made it before its first sample; the room of the words stays.
    """
    said = b"\x03vorbis" + struct.pack("<I", 4) + b"Prog" + struct.pack("<II", 1, len(SECRET))
    private = b"\x02\x1e\x20" + bytes(30) + said + SECRET + b"\x01" + b"\x05vorbis" + bytes(9)
    told = (b"\xd7\x81\x02", b"\x83\x81\x02", b"\x86\x88A_VORBIS")
    sound = b"".join((*told, b"\x63\xa2", bytes([0x80 | len(private)]), private))
    entry = b"\xae\x40" + bytes([len(sound)]) + sound
    tracks = bytes.fromhex("1654ae6b") + b"\x40" + bytes([len(entry)]) + entry

    kept = read_media("x.webm", webm(more=tracks))

    assert len(kept.data) == len(webm(more=tracks)) - len(b"\xec\x10\x00\x00\x0c" + SECRET)
    assert SECRET not in kept.data
    assert b"Prog" not in kept.data
    assert read_media("x.webm", kept.data) == kept


def test_a_video_comes_with_an_import_in_one_piece(tmp_path):
    """
    It may be longer than what is looked at of other files, and is read to its end.
    """
    data = mp4() + box(b"mdat", bytes(LARGEST_READ))
    films = tmp_path / "videos"
    films.mkdir()
    for name, held in files(item("S-1", "single_choice")).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(held)
    (films / "long.mp4").write_bytes(data)

    loaded = load_folder(tmp_path)

    assert loaded.faults == ()
    assert len(loaded.media["videos/long.mp4"].data) == len(data)
    with pytest.raises(MediaUnusable, match="larger than 51200 KB"):
        read_media("x.mp4", bytes(50 * 1024 * 1024 + 1))


def test_subtitles_are_written_anew_and_say_nothing_besides():
    """
    Notes and what stands beside the first line are for nobody who watches.
    """
    kept = read_media("x.vtt", subtitles())

    assert kept.media_type == "text/vtt"
    assert kept.data.decode() == (
        "WEBVTT\n\n00:00.000 --> 00:00.500 align:start position:10%\n<v Ada>Mind the gap.\n\n"
        "00:00:00.500 --> 00:00:01.000\nBread &amp; butter\n<i>both</i>\n"
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"1\n" + CUE, "do not begin with WEBVTT"),
        (b"WEBVTTX\n\n" + CUE, "do not begin with WEBVTT"),
        (b"WEBVTT\n", "hold 0 subtitles"),
        (vtt(b"STYLE\n::cue { background: url(//127.0.0.1/x) }\n\n" + CUE), "STYLE in line 3"),
        (vtt(b"REGION\nid:a\n\n" + CUE), "REGION in line 3"),
        (vtt(CUE + b"\nsome words\n"), "no moments such as .* in line 6"),
        (vtt(CUE.replace(b"00:01.000", b"00:05.000")), "end before they begin in line 3"),
        (vtt(CUE.replace(b"00:01.000", b"1.000")), "no moments"),
        (vtt(CUE.replace(b"500\n", b"500 region:a\n")), "setting in line 3"),
        (vtt(CUE.replace(b"500\n", b"500 line:1;x\n")), "setting in line 3"),
        (vtt(b"00:01.000 --> 00:04.500\n"), "have 0 lines of words"),
        (vtt(CUE + b"a\n" * 6), "have 7 lines of words"),
        (vtt(CUE + b"<script>alert(1)</script>\n"), "mark in line 5"),
        (vtt(CUE + b"<c.red>no</c>\n"), "mark in line 5"),
        (vtt(CUE + b"Bread & butter\n"), "write &lt; and &amp;"),
        (vtt(CUE + b"a --> b\n"), "mark in line 5"),
        (vtt(CUE + b"x" * 201), "more than 200 signs"),
        (vtt(CUE + b"a\x07b\n"), "that nobody can see, in line 5"),
        (vtt(b"\n".join([CUE] * 3001)), "hold 3001 subtitles"),
    ],
)
def test_subtitles_that_are_more_than_words_are_refused_by_line(data, says):
    """
    What browsers would read in different ways, or load from elsewhere, comes in to nobody.
    """
    with pytest.raises(MediaUnusable, match=says):
        read_media("x.vtt", data)
