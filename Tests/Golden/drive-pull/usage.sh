# What is wrong with the command line is told in one line and ends with 64.
mkdir drive
status() { "$@" || echo "status $?"; }
status drive-pull 1AbCdEf --output pulled
status drive-pull file: --output pulled
status drive-pull file:drive file:./drive --output pulled
status drive-pull file:drive --output drive
status drive-pull file:drive --output pulled --include 'a**'
