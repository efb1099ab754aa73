# Sourced by Tests/run and Examples/run: finds OpenBLAS and Swift, and installs what apt can install.

# True if the compiler will find OpenBLAS.
has_openblas() {
  command -v pkg-config >/dev/null 2>&1 && pkg-config --exists openblas
}

# Runs a command as root.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "setup: neither root nor sudo, run as root: $*" >&2
    return 1
  fi
}

set_up() {
  if ! command -v swift >/dev/null 2>&1; then
    echo "setup: swift is not on the PATH; Swift 6.2 or newer is at https://www.swift.org/install" >&2
    return 1
  fi
  has_openblas && return 0
  if command -v apt-get >/dev/null 2>&1; then
    echo "setup: installing libopenblas-dev and pkg-config" >&2
    as_root apt-get update -qq || echo "setup: apt-get update failed, trying with the old lists" >&2
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends libopenblas-dev pkg-config >&2 || return 1
    has_openblas && return 0
  fi
  cat >&2 <<'TEXT'
setup: pkg-config does not find OpenBLAS. Install its development files and pkg-config:
  Debian, Ubuntu   apt-get install libopenblas-dev pkg-config
  Fedora, RHEL     dnf install openblas-devel pkgconf-pkg-config
  Arch             pacman -S openblas pkgconf
  Alpine           apk add openblas-dev pkgconf
  macOS            brew install openblas pkgconf
On macOS also: export PKG_CONFIG_PATH="$(brew --prefix openblas)/lib/pkgconfig"
TEXT
  return 1
}
