#include "CPage.h"

// Of C23, which the language that this package is built as does not have yet.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char html[] = {
#embed "page.html"
};

const char *page_html(void) { return html; }
size_t page_html_length(void) { return sizeof html; }
