/* Runs a command, or several as one pipe, and prints its wall seconds, CPU seconds and peak resident KiB.
   measure COMMAND ... [:: COMMAND ...]...   Of a pipe: CPU and peaks of all its programs together.
   A program of its own, and small: the peak of a child begins with its parent's size. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_commands = 8 };

static double seconds(struct timeval value) { return (double)value.tv_sec + (double)value.tv_usec / 1e6; }

/* Starts one command that reads `input` and writes `output`; `spare` is the end of its own output pipe that it must not keep. */
static pid_t start(char **command, int input, int output, int spare) {
    pid_t child = fork();
    if (child != 0) return child;
    if (input != 0) dup2(input, 0), close(input);
    if (output != 1) dup2(output, 1), close(output);
    if (spare >= 0) close(spare);
    execvp(command[0], command);
    _exit(127);
}

int main(int count, char **arguments) {
    char **commands[most_commands];
    pid_t children[most_commands];
    int command_count = 1, failed = 0, input = 0;
    double cpu = 0;
    long peak = 0;
    if (count < 2) return 64;
    commands[0] = arguments + 1;
    for (int index = 1; index < count; index++) {
        if (strcmp(arguments[index], "::") != 0) continue;
        if (command_count == most_commands) return 64;
        arguments[index] = NULL;
        commands[command_count++] = arguments + index + 1;
    }
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int index = 0; index < command_count; index++) {
        int ends[2] = {-1, 1};
        if (index + 1 < command_count && pipe(ends) != 0) return 71;
        children[index] = start(commands[index], input, ends[1], ends[0]);
        if (children[index] < 0) return 71;
        if (input != 0) close(input);
        if (ends[1] != 1) close(ends[1]);
        input = ends[0];
    }
    for (int index = 0; index < command_count; index++) {
        struct rusage usage;
        int status;
        if (wait4(children[index], &status, 0, &usage) < 0) return 71;
        cpu += seconds(usage.ru_utime) + seconds(usage.ru_stime);
        peak += usage.ru_maxrss;
        if (failed == 0) failed = WIFEXITED(status) ? WEXITSTATUS(status) : 70;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    fprintf(stderr, "measure %.6f %.6f %ld\n",
            (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9, cpu, peak);
    return failed;
}
