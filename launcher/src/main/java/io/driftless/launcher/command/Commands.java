package io.driftless.launcher.command;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.launcher.engine.EngineFactory;
import io.driftless.launcher.output.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import reactor.core.publisher.Mono;

/** Reads a command line and does what it says; the one front door of this package. */
public final class Commands {
    private final CommandContext context;

    /** All commands on the engines of the context's {@link EngineFactory}. */
    public Commands(CommandContext context) {
        this.context = context;
    }

    /** The exit status, after everything there is to say was said. Never fails. */
    public Mono<Integer> run(List<String> arguments) {
        return Mono.defer(() -> runParsed(parse(arguments)))
                .onErrorResume(ParameterException.class, misused -> Mono.just(explain(misused)))
                .onErrorResume(failure -> Mono.just(fail(failure, new OutputOptions())))
                .map(ExitStatus::number)
                .doFinally(_ -> context.console().flush());
    }

    private ParseResult parse(List<String> arguments) {
        CommandLine line =
                new CommandLine(new RootCommand())
                        .addSubcommand(new SyncCommand(context))
                        .addSubcommand(new RunCommand(context))
                        .addSubcommand(new PlanCommand(context))
                        .addSubcommand(new VerifyCommand(context))
                        .addSubcommand(new StatusCommand(context))
                        .addSubcommand(new ScanCommand(context))
                        .addSubcommand(new RetryCommand(context))
                        .addSubcommand(new ApproveCommand(context))
                        .addSubcommand(new RejectCommand(context));
        line.getSubcommands()
                .values()
                .forEach(sub -> sub.getCommandSpec().versionProvider(new ProgramVersion()));
        line.registerConverter(ApprovalId.class, ApprovalId::new);
        line.setDefaultValueProvider(new EnvironmentDefaults(context.environment()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        line.setExpandAtFiles(false); // A directory may begin with @.
        line.setUsageHelpWidth(Math.min(100, context.console().terminal().columns()));
        return line.parseArgs(arguments.toArray(String[]::new));
    }

    private Mono<ExitStatus> runParsed(ParseResult parsed) {
        ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        CommandLine line = command.commandSpec().commandLine();
        if (command.isUsageHelpRequested()) {
            return print(usage(line));
        }
        if (command.isVersionHelpRequested()) {
            return print(List.of(new ProgramVersion().getVersion()));
        }
        if (!(command.commandSpec().userObject() instanceof Task task)) {
            throw new ParameterException(line, "A command is missing");
        }
        return task.run().onErrorResume(failure -> Mono.just(fail(failure, task.output())));
    }

    private Mono<ExitStatus> print(List<String> lines) {
        lines.forEach(context.console()::out);
        return Mono.just(ExitStatus.CONVERGED);
    }

    private static List<String> usage(CommandLine line) {
        StringWriter text = new StringWriter();
        line.usage(new PrintWriter(text));
        return text.toString().lines().toList();
    }

    private ExitStatus explain(ParameterException misused) {
        String message =
                Optional.ofNullable(misused.getMessage()).orElse("It cannot be read").strip();
        String sentence = message.endsWith(".") ? message : message + ".";
        return fail(new SyncException(ErrorCode.BAD_USAGE, sentence, misused), new OutputOptions());
    }

    private ExitStatus fail(Throwable failure, OutputOptions output) {
        SyncException known = EngineRun.known(failure);
        Console console = context.console();
        console.clearProgress();
        output.open(context).failure(known);
        return ExitStatus.of(known.code());
    }
}
