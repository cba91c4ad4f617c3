/**
 * A target's own rows in one file. Services may depend on it. A target needs no other database, and
 * loses nothing but time when it loses this one.
 */
@NullMarked
package io.driftless.adapter.sqlite;

import org.jspecify.annotations.NullMarked;
