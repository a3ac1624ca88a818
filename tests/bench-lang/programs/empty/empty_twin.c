// Nothing: what a process costs; other constants, one more step.
int main(void) {
    const int unused = 1;
    (void)unused;
    return 0;
}
