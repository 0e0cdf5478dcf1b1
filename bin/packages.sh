# Sourced by the scripts: need_programs installs missing programs from Debian's packages, or explains what to install.

install_packages() {
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  echo "quiver: installing $*" >&2
  # shellcheck disable=SC2086
  $sudo apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >&2
}

# need_program PROGRAM PACKAGE WHAT
need_program() {
  if ! command -v "$1" >/dev/null && command -v apt-get >/dev/null; then
    install_packages "$2" || true
  fi
  command -v "$1" >/dev/null || {
    echo "quiver: $1 is missing; install $3 (Debian: $2)" >&2
    exit 1
  }
}

# need_packages PACKAGE…: Debian's, that bring no program; elsewhere whoever needs them says so
need_packages() {
  local missing=() package
  command -v dpkg >/dev/null || return 0
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
}
