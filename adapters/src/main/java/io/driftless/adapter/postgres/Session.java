package io.driftless.adapter.postgres;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One connection for as long as it is ours. Statements run one after the other, when subscribed to.
 */
final class Session {
    private final Connection connection;

    Session(Connection connection) {
        this.connection = connection;
    }

    <T> Mono<List<T>> list(Sql sql, Function<Cells, T> mapping) {
        return results(sql)
                .concatMap(result -> result.map(row -> mapping.apply(new Cells(row))))
                .collectList();
    }

    /** The number of rows that changed. */
    Mono<Long> update(Sql sql) {
        return results(sql).concatMap(Result::getRowsUpdated).reduce(0L, Long::sum);
    }

    private Flux<? extends Result> results(Sql sql) {
        return Flux.defer(() -> statement(sql).execute());
    }

    private Statement statement(Sql sql) {
        Statement statement = connection.createStatement(sql.text());
        for (int i = 0; i < sql.parameters().size(); i++) {
            statement.bind(i, sql.parameters().get(i));
        }
        return statement;
    }
}
