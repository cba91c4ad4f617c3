package io.driftless.launcher.engine;

import io.driftless.plan.Action;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;

/** What is to be done, or was done, at one path of one target. */
public record TargetChange(FolderId folder, TargetId target, Action action) {}
