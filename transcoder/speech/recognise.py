"""Writes down speech with moonshine-voice, through its C library alone: the package's own Python needs much more.

    python3 recognise.py PACKAGES END...

Standard input is 16 kHz mono, signed 16 bits, little-endian. Each END is the sample at which a piece ends; a piece begins where
the one before ends, and is heard by itself. Standard output has one JSON object a line: startMs and endMs from the begin of the
input, text. The structures are those of moonshine-c-api.h of version 0.0.49, as moonshine_voice/moonshine_api.py has them.
"""

import array
import ctypes
import json
import os
import sys

RATE = 16_000
API_VERSION = 20_000
TINY = 0
# Silence put before and behind each piece: without it the begin of a word at the edge is taken for a word of its own.
QUIET_SECONDS = 0.4


class Line(ctypes.Structure):
    _fields_ = [
        ("text", ctypes.c_char_p),
        ("audio", ctypes.POINTER(ctypes.c_float)),
        ("audio_count", ctypes.c_size_t),
        ("start_seconds", ctypes.c_float),
        ("duration_seconds", ctypes.c_float),
        ("id", ctypes.c_uint64),
        ("is_complete", ctypes.c_int8),
        ("is_updated", ctypes.c_int8),
        ("is_new", ctypes.c_int8),
        ("has_text_changed", ctypes.c_int8),
        ("has_speaker_id", ctypes.c_int8),
        ("speaker_id", ctypes.c_uint64),
        ("speaker_index", ctypes.c_uint32),
        ("latency_ms", ctypes.c_uint32),
    ]


class Transcript(ctypes.Structure):
    _fields_ = [("lines", ctypes.POINTER(Line)), ("line_count", ctypes.c_uint64)]


def opened(packages):
    """The library, and a handle on its model of English."""
    folder = os.path.join(packages, "moonshine_voice")
    library = ctypes.CDLL(os.path.join(folder, "libmoonshine.so"))
    model = os.path.join(folder, "assets", "tiny-en").encode()
    load = library.moonshine_load_transcriber_from_files
    load.argtypes = [ctypes.c_char_p, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_int32]
    handle = load(model, TINY, None, 0, API_VERSION)
    if handle < 0:
        sys.exit(f"the model cannot be loaded: {handle}")
    return library.moonshine_transcribe_without_streaming, handle


def heard(transcribe, handle, samples):
    """Lines of one piece: seconds from its begin, text."""
    quiet = [0.0] * round(QUIET_SECONDS * RATE)
    loud = [*quiet, *(sample / 32_768 for sample in samples), *quiet]
    floats = (ctypes.c_float * len(loud))(*loud)
    transcript = ctypes.POINTER(Transcript)()
    transcribe.argtypes = [
        ctypes.c_int32,
        ctypes.POINTER(ctypes.c_float),
        ctypes.c_uint64,
        ctypes.c_int32,
        ctypes.c_uint32,
        ctypes.POINTER(ctypes.POINTER(Transcript)),
    ]
    code = transcribe(handle, floats, len(loud), RATE, 0, ctypes.byref(transcript))
    if code != 0:
        sys.exit(f"a piece cannot be transcribed: {code}")
    for at in range(transcript.contents.line_count if transcript else 0):
        line = transcript.contents.lines[at]
        text = (line.text or b"").decode("utf-8", errors="replace")
        begins = line.start_seconds - QUIET_SECONDS
        length = len(samples) / RATE
        yield min(length, max(0, begins)), min(length, max(0, begins + line.duration_seconds)), text


def main(packages, ends):
    samples = array.array("h")
    samples.frombytes(sys.stdin.buffer.read())
    if sys.byteorder == "big":
        samples.byteswap()
    transcribe, handle = opened(packages)
    start = 0
    for end in ends:
        for begins, over, text in heard(transcribe, handle, samples[start:end]):
            times = [round((start / RATE + seconds) * 1_000) for seconds in (begins, over)]
            print(json.dumps({"startMs": times[0], "endMs": times[1], "text": text}), flush=True)
        start = end


main(sys.argv[1], [int(end) for end in sys.argv[2:]])
