/**
 * Trees to try adapters on: in memory and on disk. Only tests depend on it. Whatever is edited here
 * is edited past the ports.
 */
@NullMarked
package io.driftless.testkit.tree;

import org.jspecify.annotations.NullMarked;
