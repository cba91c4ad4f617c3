/** Changes between two folder states and the rules that keep a state a valid tree. */
@NullMarked
package io.driftless.change;

import org.jspecify.annotations.NullMarked;
