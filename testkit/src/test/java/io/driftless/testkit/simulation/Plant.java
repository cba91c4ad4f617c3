package io.driftless.testkit.simulation;

import io.driftless.port.CommitSigner;
import io.driftless.testing.Seeds;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A guard taken away: one port is another, for every process that uses it.
 *
 * @param without makes the port without the guard of the port as it is
 */
record Plant<P>(Class<P> port, UnaryOperator<P> without) implements Bugs {
    private static final int SEEDS = 2_000;

    @Override
    public <T> T in(Class<T> asked, T real) {
        return asked.equals(port) ? asked.cast(without.apply(port.cast(real))) : real;
    }

    /** Calls of this name have other arguments. */
    static <P> Plant<P> asking(Class<P> port, String call, UnaryOperator<Object[]> change) {
        return new Plant<>(
                port,
                real ->
                        answering(
                                port,
                                (method, arguments) ->
                                        method.invoke(
                                                real,
                                                method.getName().equals(call)
                                                        ? change.apply(arguments)
                                                        : arguments)));
    }

    interface Answer {
        Object to(Method method, Object[] arguments)
                throws IllegalAccessException, InvocationTargetException;
    }

    /** A port whose calls are answered like this. */
    static <P> P answering(Class<P> port, Answer answer) {
        Object proxy =
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (_, method, arguments) -> {
                            try {
                                return answer.to(method, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getTargetException();
                            }
                        });
        return port.cast(proxy);
    }

    /**
     * What the simulation says of the first seed that shows anything; nothing where none does.
     *
     * @param plant is asked for each seed anew
     */
    static List<String> problems(CommitSigner signer, Supplier<? extends Bugs> plant) {
        return problems(signer, plant, simulation -> simulation);
    }

    static List<String> problems(
            CommitSigner signer,
            Supplier<? extends Bugs> plant,
            UnaryOperator<Simulation> variant) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = Seeds.randomOf(seed);
            Simulation simulation = new Simulation(random, signer, plant.get());
            List<String> problems = variant.apply(simulation).run().problems();
            if (!problems.isEmpty()) {
                // The first one says where things stand.
                System.out.println("found with -Dseed=" + seed + ": " + problems.get(1));
                return problems;
            }
        }
        return List.of();
    }
}
