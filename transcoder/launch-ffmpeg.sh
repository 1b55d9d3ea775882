#!/bin/sh
# Becomes ffmpeg, ffprobe or the recogniser of speech under limits. Everything that reads untrusted media is started through here,
# by transcoder/ffmpeg.ts and transcoder/recogniser.ts:
#
#   launch-ffmpeg.sh MEMORY_KIB CPU_SECONDS FILE_BLOCKS NETWORK DEATH NICENESS BINARY ARGUMENT...
#
#   MEMORY_KIB   most address space                             NETWORK  flags for unshare: -n as root, -rn as anybody else
#   CPU_SECONDS  most processor time of all threads together    DEATH    the signal that follows the transcoder's death
#   FILE_BLOCKS  most that one written file may have, in 512 bytes (POSIX counts ulimit -f so)
#
#   NICENESS     how far it steps back on a busy machine
#   BINARY       the program, or bubblewrap with all that it shows of the machine, then the program
#
# "-" leaves a layer out; which ones work here is tried once when the transcoder starts. A layer that was asked for and
# fails ends the launch with 125: media is never read with less protection than was said. Every step is an exec, so the
# process id stays the same and a signal meets ffmpeg itself. The environment is emptied: it holds secrets of the transcoder.
set -u
memory=$1 cpu=$2 file=$3 network=$4 death=$5 niceness=$6
shift 6

ulimit -c 0 || exit 125
ulimit -n 256 || exit 125
[ "$memory" = - ] || ulimit -v "$memory" || exit 125
[ "$cpu" = - ] || ulimit -t "$cpu" || exit 125
[ "$file" = - ] || ulimit -f "$file" || exit 125

[ "$death" = - ] || set -- setpriv --pdeathsig "$death" "$@"
[ "$network" = - ] || set -- unshare "$network" "$@"
# glibc reserves 64 MiB of address space for each of 8 arenas per core; two are enough and leave the limit to the pictures.
exec env -i PATH="$PATH" ${LD_LIBRARY_PATH:+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"} MALLOC_ARENA_MAX=2 nice -n "$niceness" "$@"
