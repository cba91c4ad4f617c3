package io.driftless.adapter.http;

import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.FolderStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a process says of itself beside its folders. */
public final class ThisProcess {
    private ThisProcess() {}

    /**
     * @param started when it began to know of its folders
     */
    public static SystemStatus status(Instant started, List<FolderStatus> folders) {
        String version =
                Optional.ofNullable(ThisProcess.class.getPackage().getImplementationVersion())
                        .orElse("development");
        return new SystemStatus(version, ProcessHandle.current().pid(), started, folders);
    }
}
