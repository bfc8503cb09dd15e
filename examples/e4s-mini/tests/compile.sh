# Compiles a test program against products of the stack: compile.sh PROGRAM LIBRARY...
# CMAKE_PREFIX_PATH has the prefixes of the products, as for any user of them.
set -eu
program=$1
shift
flags="" folders="" libraries=""
IFS=:
for prefix in ${CMAKE_PREFIX_PATH:-}; do
  if test -d "$prefix/include"; then flags="$flags -I$prefix/include"; fi
  for folder in "$prefix/lib" "$prefix/lib64"; do
    if test -d "$folder"; then folders="$folders -L$folder -Wl,-rpath,$folder"; fi
  done
done
unset IFS
for library in "$@"; do libraries="$libraries -l$library"; done
# shellcheck disable=SC2086 # these are words
exec "${MPICC:-mpicc}" -std=c11 -O1 -Wall -D_GNU_SOURCE $flags "tests/$program.c" $folders $libraries -lm -o "tests/$program"
