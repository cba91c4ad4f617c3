package io.driftless.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
    private static final String ROOT = "io.driftless";
    private static final String PLANTED_ROOT = ROOT + ".testkit.planted";

    private static final JavaClasses PRODUCT =
            new ClassFileImporter().withImportOption(ArchitectureTest::isMain).importPackages(ROOT);
    private static final JavaClasses PLANTED = new ClassFileImporter().importPackages(PLANTED_ROOT);

    @ParameterizedTest
    @EnumSource
    void the_product_keeps_every_rule(ModuleRule rule) {
        rule.below(ROOT).check(PRODUCT);
    }

    @ParameterizedTest
    @EnumSource
    void every_rule_finds_the_class_that_was_planted_to_break_it(ModuleRule rule) {
        String culprit = PLANTED_ROOT + "." + rule.plantedClass();

        var failures = rule.below(PLANTED_ROOT).evaluate(PLANTED).getFailureReport().getDetails();

        assertThat(failures).isNotEmpty().allSatisfy(line -> assertThat(line).contains(culprit));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"path", "adapter", "hosting", "watcher", "agent", "reconciler", "launcher"})
    void the_product_is_checked_in_every_layer(String layer) {
        assertThat(PRODUCT).anyMatch(type -> isBelow(ROOT + "." + layer, type));
        assertThat(PRODUCT).noneMatch(type -> isBelow(PLANTED_ROOT, type));
    }

    private static boolean isBelow(String root, JavaClass type) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }

    private static boolean isMain(Location location) {
        return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
}
