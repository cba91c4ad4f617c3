/**
 * What travels on the topics. Messages say where to look or what was decided; they are never the
 * truth about a file.
 */
@NullMarked
package io.driftless.event;

import org.jspecify.annotations.NullMarked;
