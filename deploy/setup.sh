#!/usr/bin/env bash
# Installs the system packages that Denwaban needs on Debian 12: only what is missing, and says what and why.
#
#   deploy/setup.sh            what running needs
#   deploy/setup.sh --test     and what the tests need besides
#   deploy/setup.sh --print    change nothing; print what is missing (exit code 1 if anything is)
set -euo pipefail

run=(
    "kamailio|the edge: takes SIP from the network, refuses what is unsound, spreads calls over the lines"
    "kamailio-tls-modules|the edge: SIP over TLS"
    "espeak-ng|the mouth: the English voice"
    "iproute2|finding this machine's addresses"
)
test=(
    "sip-tester|tests: SIPp, real calls from another maker's SIP"
    "baresip-core|tests: a softphone that really calls"
    "chromium|tests: the pages in a real browser"
    "openssl|tests: a certificate for SIP over TLS"
    "nftables|tests: address translation between network namespaces"
    "fonts-noto-cjk|tests: Japanese in that browser"
    "postgresql|tests: the record on PostgreSQL as well as SQLite"
)

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    run+=("python3-venv|a virtual environment for the Python packages")
fi
# Debian's own (npm 9 on Node 18) builds the page; a Node that came another way does as well.
if ! command -v npm >/dev/null; then
    run+=("npm|building the tree editor's page")
fi

wanted=("${run[@]}")
print=no
for argument in "$@"; do
    case "$argument" in
        --test) wanted+=("${test[@]}") ;;
        --print) print=yes ;;
        -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "setup.sh: unknown option $argument (see --help)" >&2; exit 2 ;;
    esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup.sh: this machine has no apt. Install by its own means:" >&2
    printf '  %s\n' "${wanted[@]/|/: }" >&2
    exit 1
fi

installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | tr '\n' ' ')"
missing=()
for row in "${wanted[@]}"; do
    package=${row%%|*}
    if [[ $installed != *" $package "* ]]; then
        missing+=("$package")
        printf '  %-22s %s\n' "$package" "${row#*|}"
    fi
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
if [ "$print" = yes ]; then
    exit 1
fi

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if [ "$(id -u)" -ne 0 ]; then
    echo "The packages above are missing, and only root may install them. Run:" >&2
    echo "  sudo $0 $*" >&2
    exit 1
fi
echo "Installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Debian starts a service as it installs it. Denwaban starts its own Kamailio, with its own configuration; unless an
# administrator already runs one, the packaged service is kept from taking port 5060.
fresh_kamailio=no
[[ " ${missing[*]} " == *" kamailio "* ]] && fresh_kamailio=yes
"${install[@]}" || { apt-get update && "${install[@]}"; }
if [ "$fresh_kamailio" = yes ]; then
    if [ -d /run/systemd/system ]; then
        systemctl disable --now kamailio
    elif [ -x /etc/init.d/kamailio ]; then
        /etc/init.d/kamailio stop >/dev/null 2>&1 || true
    fi
fi
