/**
 * IndexFlow: a hint becomes rows and an indexed event; this is the one walker of the source. Only
 * the launcher and the testkit may depend on it. What it did not read in full and unchanged, it
 * does not claim to know.
 */
@NullMarked
package io.driftless.indexer;

import org.jspecify.annotations.NullMarked;
