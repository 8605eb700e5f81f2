#!/bin/sh
# The steps of the image, in a script of their own so that the tests can run them without a container.
#   build.sh packages TARGET   everything Marsad stands on, each package by its hash, into a new environment
#   build.sh marsad TARGET     Marsad itself into it; builds with what is already there, downloads nothing
# Runs in the folder of the project. PYTHON names the interpreter, PIP_* variables reach pip.
set -eu

step=$1
target=$2
pip="$target/bin/python -m pip --disable-pip-version-check --quiet --no-cache-dir"

case $step in
packages)
	"${PYTHON:-python3}" -m venv "$target"
	$pip install --require-hashes -r docker/requirements.lock
	;;
marsad)
	$pip install --no-index --no-deps --no-build-isolation .
	"$target/bin/marsad" --version
	;;
*)
	echo "build.sh: packages or marsad, not $step" >&2
	exit 2
	;;
esac
