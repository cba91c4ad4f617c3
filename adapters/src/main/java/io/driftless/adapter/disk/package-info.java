/**
 * Trees on a Linux disk: a reader, a target and a watch, through the kernel's own calls. Services
 * may depend on it. Names are bytes; no symlink is followed below a root, and nothing outside a
 * root is read or written.
 *
 * <p>A call's result is zero or more where it went well and the negative errno where it did not, as
 * the kernel has it; {@link io.driftless.adapter.disk.Failures} alone makes codes of that.
 */
@NullMarked
package io.driftless.adapter.disk;

import org.jspecify.annotations.NullMarked;
