/**
 * Measurements of the whole product against rsync, and of its parts by JMH. Nothing may depend on
 * it. A number is printed with the set-up that it was measured in.
 */
@NullMarked
package io.driftless.bench;

import org.jspecify.annotations.NullMarked;
