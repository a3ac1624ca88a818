// One short line; other constants, one more step.
#include <stdio.h>

int main(void) {
    puts("fine");
    printf("%d\n", 2 * 3);
    return 0;
}
