package io.driftless.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * What the database of a state directory says of itself while a process has it: on one line each,
 * {@code table NAME WRITTEN} with the rows inserted, updated and deleted since ever, and {@code run
 * SECONDS LOOKED} for each full scan that ended, in order.
 */
final class Rows {
    private static final int PORT_LINE = 3;

    private static final String WRITTEN =
            """
            select relname, n_tup_ins + n_tup_upd + n_tup_del
            from pg_stat_user_tables where schemaname = 'driftless' order by relname
            """;
    private static final String RUNS =
            """
            select extract(epoch from ended - began), looked
            from driftless.run where ended is not null order by ended
            """;

    private Rows() {}

    public static void main(String[] arguments) throws Exception {
        Path postgres = Path.of(arguments[0], "postgres");
        List<String> about = Files.readAllLines(postgres.resolve("data/postmaster.pid"));
        String url = "jdbc:postgresql://127.0.0.1:" + about.get(PORT_LINE) + "/postgres";
        String password = Files.readString(postgres.resolve("password")).strip();
        try (Connection connection = DriverManager.getConnection(url, "driftless", password)) {
            print(connection, "table", WRITTEN);
            print(connection, "run", RUNS);
        }
    }

    private static void print(Connection connection, String what, String query)
            throws SQLException {
        try (ResultSet rows = connection.createStatement().executeQuery(query)) {
            while (rows.next()) {
                System.out.println(what + " " + rows.getString(1) + " " + rows.getLong(2));
            }
        }
    }
}
