#!/bin/sh
# Makes everything the product needs in this folder (.venv/, node_modules/) and, where root or passwordless sudo is
# there, Debian's PostgreSQL with pg_cron and pgTAP. Each step looks first and does only what is missing, so that
# running it again costs well under a second. With CI=true a missing component is an error instead of a sentence.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "setup: $*"; }
die() { printf '%s\n' "setup: $*" >&2; exit 1; }
lack() { if [ "${CI:-}" = true ]; then die "$*"; else say "$*"; fi; }

scratch=$(mktemp -d)
log=$scratch/log
trap 'rm -rf "$scratch"' EXIT

# pip and npm keep their caches in the home folder; without a writable one they get a passing one
if [ ! -w "${HOME:-/nonexistent}" ]; then
    HOME=$scratch
    export HOME
fi

# --- root, if it can be had without asking anybody -----------------------------------------------------------------

if [ "$(id -u)" = 0 ]; then
    as_root=env
elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then
    as_root='sudo -n env'
else
    as_root=
fi
[ -z "$as_root" ] || command -v apt-get >/dev/null 2>&1 || as_root=

apt_updated=
apt_install() {
    if [ -z "$apt_updated" ]; then
        $as_root apt-get -qq update >/dev/null 2>&1 || say "the package lists could not be refreshed; using what is there"
        apt_updated=yes
    fi
    $as_root DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 --no-install-recommends install "$@" >"$log" 2>&1
}

# --- Python --------------------------------------------------------------------------------------------------------

# A python counts when it runs, is new enough and can make a virtual environment: version managers leave shims on
# PATH that don't run, and Debian ships the interpreter without ensurepip.
find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 /usr/bin/python3 /usr/local/bin/python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    return 1
}

stamp_of() { cat "$@" | cksum; }
# the environment's own path is part of the stamp: its scripts name it, so a moved folder needs a new one
python_stamp="$PWD $(stamp_of requirements.txt pyproject.toml)"
if [ "$(cat .venv/.stamp 2>/dev/null || true)" != "$python_stamp" ] || ! .venv/bin/python -c '' 2>/dev/null; then
    if ! python=$(find_python); then
        [ -n "$as_root" ] || die "needs Python 3.11 or later with its venv module; install it, then run this again"
        say "installing Python"
        apt_install python3 python3-venv || { tail -n 5 "$log" >&2; die "Python could not be installed"; }
        python=$(find_python) || die "needs Python 3.11 or later, and this system's packages have an older one"
    fi
    say "installing the Python packages into .venv"
    if ! .venv/bin/python -c '' 2>/dev/null || [ "$(cut -d' ' -f1 .venv/.stamp 2>/dev/null || true)" != "$PWD" ]; then
        "$python" -m venv --clear .venv
    fi
    rm -f .venv/.stamp
    # the lock names the whole closure, so there is nothing to resolve
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt 2>"$log" ||
        { tail -n 20 "$log" >&2; die "the Python packages could not be installed"; }
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
        2>"$log" || { tail -n 20 "$log" >&2; die "the product itself could not be installed into .venv"; }
    .venv/bin/python -m pip check >"$log" 2>&1 || { cat "$log" >&2; die "requirements.txt does not fit together"; }
    printf '%s\n' "$python_stamp" >.venv/.stamp
fi

# --- npm: PostgREST, the Supabase CLI, supabase-js -------------------------------------------------------------------

npm_stamp=$(stamp_of package.json package-lock.json)
if [ "$(cat node_modules/.stamp 2>/dev/null || true)" != "$npm_stamp" ]; then
    if ! npm --version >/dev/null 2>&1 && [ -n "$as_root" ]; then
        say "installing Node.js"
        apt_install nodejs npm || true
    fi
    npm --version >/dev/null 2>&1 ||
        die "needs npm for PostgREST and the Supabase CLI; install Node.js 20 or later, then run this again"
    say "installing the npm packages into node_modules"
    npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2; die "the npm packages could not be installed"; }
    printf '%s\n' "$npm_stamp" >node_modules/.stamp
fi

# --- Debian: PostgreSQL with pg_cron and pgTAP -----------------------------------------------------------------------

has_postgres() {
    for control in /usr/share/postgresql/*/extension/pg_cron.control; do
        share=${control%/pg_cron.control}
        version=${share#/usr/share/postgresql/}
        version=${version%/extension}
        if [ -e "$control" ] && [ -e "$share/pgtap.control" ] && [ -e "$share/plpgsql_check.control" ] &&
            [ -x "/usr/lib/postgresql/$version/bin/postgres" ]; then
            return 0
        fi
    done
    return 1
}

install_postgres() {
    # Only the programs are wanted: no server of Debian's own may appear or start, now or at the next boot.
    drop_in=/etc/postgresql-common/createcluster.d/outbound.conf
    apt_install postgresql-common || return 1
    $as_root mkdir -p "${drop_in%/*}"
    $as_root sh -c "echo 'create_main_cluster = false' > $drop_in"
    installed=1
    for version in 15 16 17 18; do
        if apt-cache show "postgresql-$version-cron" >/dev/null 2>&1 &&
            apt_install "postgresql-$version" "postgresql-$version-cron" "postgresql-$version-pgtap" \
                "postgresql-$version-plpgsql-check"; then
            installed=0
            break
        fi
    done
    $as_root rm -f "$drop_in"
    return $installed
}

if ! has_postgres; then
    without="the local stack uses the embedded PostgreSQL and the workers' own clock, and the pgTAP tests can't run"
    if [ -z "$as_root" ]; then
        lack "PostgreSQL with pg_cron and pgTAP is not installed, and there is no root or sudo to install it: $without"
    else
        say "installing PostgreSQL with pg_cron and pgTAP"
        install_postgres || { tail -n 5 "$log" >&2; lack "PostgreSQL with pg_cron could not be installed: $without"; }
    fi
fi
