# Finds a JDK of at least this version by reading release files, which is a hundred times faster than starting each java.
# Sourced by ./tidemill and ./dev; sets JDK. Written for bash 3.2, which macOS still has.

JDK_NEEDED=25

# Whether folder $1 is a JDK that is new enough.
jdk_fits() {
  local line
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=\"[0-9]*)
        line=${line#JAVA_VERSION=\"}
        line=${line%%[!0-9]*}
        [ "$line" -ge "$JDK_NEEDED" ] && return 0
        return 1
        ;;
    esac
  done <"$1/release"
  return 1
}

# The folder a java command belongs to, links followed.
jdk_of_command() {
  local at=$1 link
  while [ -L "$at" ]; do
    link=$(readlink "$at")
    case $link in
      /*) at=$link ;;
      *) at=${at%/*}/$link ;;
    esac
  done
  at=${at%/*}
  echo "${at%/*}"
}

find_jdk() {
  local home command
  JDK=
  if [ -n "${TIDEMILL_JAVA:-}" ]; then
    home=$TIDEMILL_JAVA
    [ -d "$home" ] || home=$(jdk_of_command "$home")
    if jdk_fits "$home"; then JDK=$home; return 0; fi
    return 1
  fi
  if jdk_fits "${JAVA_HOME:-}"; then JDK=$JAVA_HOME; return 0; fi
  if command=$(command -v java 2>/dev/null); then
    home=$(jdk_of_command "$command")
    if jdk_fits "$home"; then JDK=$home; return 0; fi
  fi
  for home in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/local/jdk* /opt/jdk* /opt/java/* /opt/*/ \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.local/share/mise/installs/java/* "${HOME:-}"/.asdf/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
    home=${home%/}
    if jdk_fits "$home"; then JDK=$home; return 0; fi
  done
  return 1
}

# Sets JDK, or says in one message everything that is missing and how to get it.
require() {
  local missing=() maven=
  if ! find_jdk; then
    if [ -n "${TIDEMILL_JAVA:-}" ]; then
      missing+=("TIDEMILL_JAVA=$TIDEMILL_JAVA is no JDK $JDK_NEEDED or newer (expected: a JDK's folder, or its bin/java)")
    else
      missing+=("a JDK $JDK_NEEDED or newer: apt install openjdk-25-jdk | sdk install java 25-tem | brew install openjdk@25 (or point TIDEMILL_JAVA or JAVA_HOME at one)")
    fi
  fi
  if [ "${1:-}" = maven ]; then
    maven=$(command -v mvn) || missing+=("Maven 3.8 or newer, to build: apt install maven | sdk install maven | brew install maven")
    if [ -n "$maven" ] && [ -n "$JDK" ]; then
      case $(JAVA_HOME=$JDK MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow mvn -v 2>/dev/null) in
        *"Apache Maven "[0-2].* | *"Apache Maven 3."[0-7].*) missing+=("Maven 3.8 or newer ($maven is older): sdk install maven | brew install maven") ;;
      esac
    fi
  fi
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "tidemill: something is missing" >&2
  printf '  %s\n' "${missing[@]}" >&2
  return 1
}

# Maven with the JDK that was found. Its own libraries still use what newer JDKs warn about; that is no news of ours.
maven() {
  JAVA_HOME=$JDK MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" mvn -B -ntp -Dstyle.color=never "$@"
}

# Says nothing but warnings: javac's are errors here, and -q would hide which.
quiet_maven() {
  maven -Dorg.slf4j.simpleLogger.defaultLogLevel=warn "$@"
}
