package io.driftless.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;

/**
 * The rules between modules, each for any root package: {@code io.driftless} is the product, and
 * {@code io.driftless.testkit.planted} has the same shape with one class that breaks each rule.
 */
enum ModuleRule {
    THE_CORE_IS_PURE(ModuleRule::coreIsPure, "plan.LogsInTheCore"),
    DRIVERS_ARE_IMPORTED_BY_ADAPTERS_ONLY(ModuleRule::driversInAdapters, "watcher.ImportsADriver"),
    SERVERS_ARE_EMBEDDED_BY_THE_LAUNCHER_ONLY(
            ModuleRule::serversInLauncher, "adapter.s3.EmbedsAServer"),
    REACTOR_KAFKA_IS_SEEN_BY_ITS_ADAPTER_ONLY(
            ModuleRule::reactorKafkaInItsAdapter, "launcher.ImportsReactorKafka"),
    ADAPTERS_KNOW_NO_SERVICE(ModuleRule::adaptersBelowServices, "adapter.dir.KnowsAService"),
    HOSTING_KNOWS_NO_SERVICE(ModuleRule::hostingBelowServices, "hosting.KnowsTheWatcher"),
    FLOWS_ARE_SUBSCRIBED_TO_BY_APPLICATIONS_ONLY(
            ModuleRule::subscribedByApplications, "indexer.BlocksAThread"),
    SERVICES_DO_NOT_KNOW_EACH_OTHER(ModuleRule::servicesApart, "indexer.KnowsTheWatcher"),
    THE_AGENT_HAS_NO_DATABASE(ModuleRule::agentWithoutDatabase, "agent.KnowsPostgres"),
    NOTHING_DEPENDS_ON_THE_LAUNCHER(ModuleRule::launcherOnTop, "reconciler.KnowsTheLauncher"),
    NOTHING_DEPENDS_ON_THE_TESTKIT(ModuleRule::testkitOnTop, "bench.KnowsTheTestkit"),
    SPRING_LIVES_IN_NAMED_CLASSES(ModuleRule::springByName, "transfer.WiresItself");

    private static final List<String> CORE =
            List.of(
                    "error",
                    "path",
                    "block",
                    "tree",
                    "manifest",
                    "change",
                    "plan",
                    "event",
                    "flow",
                    "retention",
                    "guard",
                    "status",
                    "port",
                    "source");

    private static final List<String> SERVICES =
            List.of("watcher", "indexer", "transfer", "agent", "reconciler");

    private static final String[] PURE = {
        "java..", "reactor.core..", "reactor.util..", "org.reactivestreams..", "org.jspecify.."
    };

    private static final String[] DRIVERS = {
        "org.apache.kafka..",
        "reactor.kafka..",
        "io.r2dbc..",
        "org.postgresql..",
        "org.flywaydb..",
        "io.minio..",
        "okhttp3..",
        "io.github.resilience4j..",
        "org.sqlite..",
        "com.github.luben.zstd..",
        "tools.jackson..",
        "reactor.netty.."
    };

    private static final String[] SERVERS = {"kafka..", "org.gaul.."};

    private static final List<String> SPRING_NAMES =
            List.of("Application", "Configuration", "Properties");

    @SuppressWarnings("ImmutableEnumChecker") // Each is a static method of this enum.
    private final Function<String, ArchRule> rule;

    private final String plantedClass;

    ModuleRule(Function<String, ArchRule> rule, String plantedClass) {
        this.rule = rule;
        this.plantedClass = plantedClass;
    }

    ArchRule below(String root) {
        return rule.apply(root);
    }

    /** The only class below the planted root that breaks this rule, without the root. */
    String plantedClass() {
        return plantedClass;
    }

    private static ArchRule coreIsPure(String root) {
        String[] core = below(root, CORE);
        String[] allowed = Stream.of(PURE, core).flatMap(Stream::of).toArray(String[]::new);
        return classes()
                .that()
                .resideInAnyPackage(core)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(arraysOfPrimitives()));
    }

    private static ArchRule driversInAdapters(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(root + ".adapter..", root + ".launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(DRIVERS);
    }

    private static ArchRule serversInLauncher(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(root + ".launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SERVERS);
    }

    private static ArchRule reactorKafkaInItsAdapter(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(root + ".adapter.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("reactor.kafka..");
    }

    private static ArchRule adaptersBelowServices(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".adapter..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(below(root, SERVICES))
                                .or(resideInAPackage(root + ".hosting..")));
    }

    private static ArchRule hostingBelowServices(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".hosting..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(below(root, SERVICES));
    }

    private static ArchRule subscribedByApplications(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(root + ".testkit..", root + ".bench..")
                .and()
                .haveSimpleNameNotEndingWith("Application")
                .should()
                .callMethodWhere(subscribesOrBlocks());
    }

    private static DescribedPredicate<JavaMethodCall> subscribesOrBlocks() {
        return DescribedPredicate.describe(
                "subscribes to or waits for a publisher",
                call ->
                        call.getTargetOwner().isAssignableTo(Publisher.class)
                                && call.getName().matches("subscribe|subscribeWith|block.*"));
    }

    private static ArchRule servicesApart(String root) {
        List<ArchRule> rules =
                SERVICES.stream().map(service -> serviceApart(root, service)).toList();
        return CompositeArchRule.of(rules);
    }

    private static ArchRule serviceApart(String root, String service) {
        List<String> others = SERVICES.stream().filter(other -> !other.equals(service)).toList();
        return noClasses()
                .that()
                .resideInAPackage(root + "." + service + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(below(root, others));
    }

    private static ArchRule agentWithoutDatabase(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".agent..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(root + ".adapter.postgres..", root + ".hosting.postgres..");
    }

    private static ArchRule launcherOnTop(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(
                        root + ".launcher..", root + ".bench..", root + ".testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root + ".launcher..");
    }

    private static ArchRule testkitOnTop(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(root + ".testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root + ".testkit..");
    }

    private static ArchRule springByName(String root) {
        return noClasses()
                .that(resideInAPackage(root + "..").and(notNamedForSpring()))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..");
    }

    private static String[] below(String root, List<String> names) {
        return names.stream().map(name -> root + "." + name + "..").toArray(String[]::new);
    }

    /** A nested class counts as its outermost one. */
    private static DescribedPredicate<JavaClass> notNamedForSpring() {
        return DescribedPredicate.describe(
                "are not named " + SPRING_NAMES,
                type -> SPRING_NAMES.stream().noneMatch(outermostName(type)::endsWith));
    }

    private static String outermostName(JavaClass type) {
        int nested = type.getName().indexOf('$');
        return nested < 0 ? type.getName() : type.getName().substring(0, nested);
    }

    private static DescribedPredicate<JavaClass> arraysOfPrimitives() {
        return DescribedPredicate.describe(
                "are primitive or arrays of primitives",
                type -> type.getBaseComponentType().isPrimitive());
    }
}
