#pragma once

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

// The callback is variadic, which Swift cannot write.
static inline void sluice_xml_ignore(void *context, const char *message, ...) {
    (void)context;
    (void)message;
}

// What libxml2 says outside of a parser would go to standard error. The setting is the thread's own.
static inline void sluice_xml_silence(void) {
    xmlSetGenericErrorFunc(NULL, sluice_xml_ignore);
    xmlSetStructuredErrorFunc(NULL, NULL);
}
