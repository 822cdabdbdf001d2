#!/bin/sh
# Runs interop.mjs in a copy under the build folder, so that the tree stays clean.
# Usage: run.sh <source folder> <work folder> <dermaga_interop program>
set -eu
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "node and npm are not installed" >&2
  exit 77
fi
mkdir -p "$2"
cp "$1/package.json" "$1/package-lock.json" "$1/interop.mjs" "$2/"
cd "$2"
npm ci --silent --no-audit --no-fund
exec node interop.mjs "$3"
