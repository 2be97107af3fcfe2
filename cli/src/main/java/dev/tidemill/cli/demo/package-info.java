/** {@code tidemill demo}: the main job from end to end. */
@NullMarked
package dev.tidemill.cli.demo;

import org.jspecify.annotations.NullMarked;
