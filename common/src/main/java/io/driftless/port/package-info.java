/**
 * What the flows need from the outside world. Adapters implement these; a contract suite per port
 * says what they promise.
 */
@NullMarked
package io.driftless.port;

import org.jspecify.annotations.NullMarked;
