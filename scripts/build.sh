# Builds target/dist when sources are newer: lib/*.jar (ours and what they use) and an AOT cache of the JVM that built it.
# Sourced by ./tidemill and ./dev after java.sh, with ROOT set.

DIST=$ROOT/target/dist
STAMP=$DIST/stamp

# One build at a time per tree; the lock goes with its process. $1 is a file descriptor.
lock() {
  if command -v flock >/dev/null 2>&1; then flock "$1"; else perl -MFcntl=:flock -e "open(my \$f, '>&=', $1) && flock(\$f, LOCK_EX) or die" || true; fi
}

# Folders are looked at too, so that a removed source counts as a change.
fresh() {
  [ -e "$STAMP" ] && [ -z "$(find "$ROOT"/pom.xml "$ROOT"/*/pom.xml "$ROOT"/*/src/main "$ROOT"/scripts -newer "$STAMP" -print 2>/dev/null | head -n 1)" ]
}

build_if_needed() {
  fresh && return 0
  require maven || return 1
  mkdir -p "$ROOT/target"
  (
    lock 9
    fresh || build
  ) 9>"$ROOT/target/lock"
}

build() {
  local log=$ROOT/target/build.log new=$ROOT/target/dist.new commit
  if [ -e "$DIST" ]; then echo "tidemill: sources have changed, building …" >&2; else echo "tidemill: first start, building (a minute or two) …" >&2; fi
  commit=$(git -C "$ROOT" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
  rm -rf "$new" "$ROOT"/cli/target/lib
  mkdir -p "$new/lib"
  touch "$new/stamp" # before the build, so that what is saved during it counts as newer
  if ! (cd "$ROOT" && maven -pl cli -am -Dmaven.test.skip=true "-Dtidemill.commit=$commit" package) >"$log" 2>&1 9>&-; then
    grep -E '^\[(ERROR|WARNING)\]' "$log" | head -n 40 >&2
    echo "tidemill: the build failed; all of it is in $log" >&2
    return 1
  fi
  cp "$ROOT"/cli/target/tidemill-cli-*.jar "$ROOT"/cli/target/lib/*.jar "$new/lib/" || return 1
  # What runs already keeps the files it has open; what starts finds either the old folder or the new one.
  rm -rf "$DIST.old"
  [ ! -e "$DIST" ] || mv "$DIST" "$DIST.old"
  mv "$new" "$DIST"
  rm -rf "$DIST.old"
  train >>"$log" 2>&1 9>&- || rm -f "$DIST"/tidemill.aot*
}

# A short run of what a first user does, whose loaded classes the next start takes from the cache.
train() {
  local class_path
  class_path=$(class_path)
  local main=(-cp "$class_path" dev.tidemill.cli.Main)
  (cd "$ROOT/target" && "$JDK/bin/java" "@$ROOT/scripts/jvm.flags" "${main[@]}" train -- "$JDK/bin/java" "@$ROOT/scripts/jvm.flags" "-XX:AOTCacheOutput=$DIST/tidemill.aot.new" "${main[@]}") || echo "the training run failed; what it loaded until then serves all the same"
  [ -s "$DIST/tidemill.aot.new" ] || return 1
  echo "$JDK" >"$DIST/jdk"
  mv "$DIST/tidemill.aot.new" "$DIST/tidemill.aot"
}

# The jars in one fixed order, as the AOT cache demands.
class_path() {
  local jar all=
  for jar in "$DIST"/lib/*.jar; do all=$all:$jar; done
  echo "${all#:}"
}
