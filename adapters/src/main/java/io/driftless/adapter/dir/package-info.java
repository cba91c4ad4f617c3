/**
 * The block store port on a directory: the embedded default, shared volumes and offline bundles.
 * Services may depend on it. What it has acknowledged was fsynced and renamed.
 */
@NullMarked
package io.driftless.adapter.dir;

import org.jspecify.annotations.NullMarked;
