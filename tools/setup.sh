#!/bin/sh
# Make a virtual environment with everything pinned, on a machine that has Python 3.11 or later and nothing else.
# Debian splits venv and pip from Python: where they are missing, pip's own wheel is taken from Debian's package,
# downloaded and unpacked without root.
set -eu
venv=$1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "reportgen needs Python 3.11 or later; set PYTHON=/path/to/python3.11" >&2
  exit 2
}
log=$(mktemp)

# Into $wheels, with package lists of its own where the machine has none yet.
fetch_pip_wheel() {
  cd "$wheels"
  mkdir -p lists/partial cache/archives/partial
  own="-o Dir::State::Lists=$wheels/lists -o Dir::Cache=$wheels/cache"
  apt-get download python3-pip-whl || { apt-get $own update && apt-get $own download python3-pip-whl; } || return 1
  dpkg -x python3-pip-whl_*.deb . && cd - >/dev/null
}

trap 'rm -f "$log"' EXIT
if [ ! -x "$venv/bin/pip" ]; then
  rm -rf "$venv"
  if ! "$python" -m venv "$venv" >"$log" 2>&1; then
    rm -rf "$venv"
    "$python" -m venv --without-pip "$venv"
    if "$python" -m pip --version >/dev/null 2>&1; then
      "$python" -m pip --quiet --python "$venv/bin/python" install pip
    else
      wheels=$(mktemp -d)
      fetch_pip_wheel >"$log" 2>&1 || {
        cat "$log" >&2
        echo "reportgen: no pip here and none to be had; install the package python3-venv and try again" >&2
        exit 2
      }
      pip=$(ls "$wheels"/usr/share/python-wheels/pip-*.whl)
      "$venv/bin/python" "$pip/pip" --quiet install --no-index --find-links "$(dirname "$pip")" pip
      rm -rf "$wheels"
    fi
  fi
fi
echo "reportgen: setting up (once, about a minute)" >&2
# Until 0.1.0 the distribution was called reportgen, a name that somebody else holds on the package index.
"$venv/bin/pip" --quiet --disable-pip-version-check uninstall --yes reportgen >"$log" 2>&1 || true
"$venv/bin/pip" --quiet --disable-pip-version-check install --constraint constraints.txt --editable ".[test,browser,dev]" >"$log" 2>&1 || {
  cat "$log" >&2
  exit 2
}
"$venv/bin/python" -c "from reportgen.rendering import assets; assets.font_faces(); assets.vega_bundle(); assets.chart_fonts()"
