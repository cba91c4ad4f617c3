package io.driftless.launcher.local;

import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.engine.EngineFactory;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.state.StateDirectory;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes engines whose servers run in this process or as its children. */
public final class LocalEngineFactory implements EngineFactory {
    private final Map<String, String> environment;

    /**
     * @param environment where keys of an S3 store come from
     */
    public LocalEngineFactory(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public Mono<Engine> open(RunSettings settings, StateDirectory state) {
        Workers workers = new Workers();
        return Servers.start(settings, state, environment, workers)
                .flatMap(servers ->
                        folders(settings, state, servers, workers)
                                .collectList()
                                .<Engine>map(folders -> new LocalEngine(servers, folders, workers))
                                .onErrorResume(
                                        failure -> servers.close().then(Mono.error(failure))))
                .doOnError(failure -> workers.close())
                .doOnCancel(workers::close);
    }

    private static Flux<LocalFolder> folders(
            RunSettings settings, StateDirectory state, Servers servers, Workers workers) {
        return Flux.fromIterable(settings.folders())
                .concatMap(folder -> open(folder, settings, state, servers, workers));
    }

    private static Mono<LocalFolder> open(
            FolderSettings folder,
            RunSettings settings,
            StateDirectory state,
            Servers servers,
            Workers workers) {
        return Mono.fromCallable(() -> new FolderWiring(folder, settings, state, servers, workers))
                .subscribeOn(workers.servers())
                .flatMap(FolderWiring::open);
    }
}
