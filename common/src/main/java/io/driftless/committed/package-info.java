/** What is committed of a folder, read back: entry by entry, and as the pages made of it. */
@NullMarked
package io.driftless.committed;

import org.jspecify.annotations.NullMarked;
