"""Django's own sentences at form fields, listed so that our catalogue gives them a clerk's Chinese."""

from django.utils.translation import ngettext_lazy

from mingjing.engine.outcome import N_

SPOKEN_BY_FORMS = (
    N_("This field is required."),
    N_("Enter a valid date."),
    N_("Enter a whole number."),
    N_("Select a valid choice. %(value)s is not one of the available choices."),
    N_("Select a valid choice. That choice is not one of the available choices."),
    N_("No file was submitted. Check the encoding type on the form."),
    N_("The submitted file is empty."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
